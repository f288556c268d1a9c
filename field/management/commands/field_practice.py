from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Posting, User
from accounts.rules import Role
from field.models import PracticeVillage
from field.practice import close_practice, open_practice


class Command(BaseCommand):
    help = "Mở thôn tập thử trên điện thoại cho các tài khoản; --all: mọi tổ trưởng, thành viên chưa có; --close: đóng."

    def add_arguments(self, parser):
        parser.add_argument("usernames", nargs="*", metavar="TÊN", help="tên đăng nhập")
        parser.add_argument("--all", action="store_true", help="mọi tổ trưởng, thành viên (khi đóng: mọi thôn đang mở)")
        parser.add_argument("--close", action="store_true", help="đóng thay vì mở")

    def handle(self, *args, usernames, **options):
        now = timezone.now()
        users = self.users(usernames, options["all"])
        if options["close"]:
            villages = PracticeVillage.objects.open().filter(user__in=users)
            for village in villages:
                close_practice(village, by=None, at=now)
            self.stdout.write(f"Đã đóng {len(villages)} thôn tập thử.")
            return
        without = users.exclude(practice_village__in=PracticeVillage.objects.open()) if options["all"] else users
        opened = [open_practice(user=user, by=None, at=now) for user in without]
        self.stdout.write(f"Đã mở {len(opened)} thôn tập thử.")

    def users(self, usernames: list[str], everybody: bool):
        if everybody:
            postings = Posting.objects.current().filter(role__in=(Role.TEAM_LEADER, Role.TEAM_MEMBER))
            return User.objects.filter(is_active=True, pk__in=postings.values("user"))
        users = User.objects.filter(username__in=usernames)
        if missing := sorted(set(usernames) - set(users.values_list("username", flat=True))):
            raise CommandError(f"Không có tài khoản: {', '.join(missing)}.")
        return users
