"""Build the demonstration once and say who can sign in."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.models import User
from cnscd.demo import build, people


class Command(BaseCommand):
    help = "Dựng dữ liệu trình diễn (nếu chưa có) và in tài khoản từng vai trò."

    def handle(self, **options):
        if build.is_built():
            self.stdout.write("Dữ liệu trình diễn đã có.")
        else:
            build.build(timezone.localdate(), lambda text: self.stdout.write(f"  {text}"))
        self.stdout.write(f"\nĐăng nhập bằng một trong các tên sau, mật khẩu chung: {people.PASSWORD}\n")
        users = {user.username: user for user in User.objects.filter(username__in=people.SHOWN)}
        for login in people.SHOWN:
            posting = users[login].postings.current().select_related("area").first()
            self.stdout.write(f"  {login:6} {posting.get_role_display()}, {posting.area}")
        self.stdout.write("")
