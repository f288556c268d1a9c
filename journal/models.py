"""Who did what, when. Rows are only added; actors and objects are bare ids because the journal is below every app."""

from django.db import models
from django.db.models import Q


class ActQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Acts in areas of hers, and acts of no area by the people who work below her.

        An act in another area is not hers to read though one of her people did it: he may work there too.
        """
        reach = user.reach()
        if reach.everywhere("see_journal"):
            return self.all()
        areas = reach.areas_ever("see_journal")
        return self.filter(
            Q(area_id__in=areas.values("pk")) | Q(area_id=None, actor_id__in=reach.people("see_journal"))
        )

    def about(self, kind: str, pk):
        """Acts on one object; `kind` is its model's label, lower case ("teams.team")."""
        return self.filter(object_kind=kind, object_id=str(pk))


class Act(models.Model):
    class Verb(models.TextChoices):
        SIGN_IN = "sign_in", "Đăng nhập"
        SIGN_IN_FAILED = "sign_in_failed", "Đăng nhập sai"
        SIGN_OUT = "sign_out", "Đăng xuất"
        PASSWORD = "password", "Đổi mật khẩu"
        VIEW = "view", "Xem"
        ADD = "add", "Thêm"
        CHANGE = "change", "Sửa"
        END = "end", "Kết thúc"
        RETRACT = "retract", "Rút lại"
        EXPORT = "export", "Xuất tệp"
        IMPORT = "import", "Nhập tệp"
        PRINT = "print", "In"
        UNLOCK = "unlock", "Mở quyền xem dữ liệu cá nhân"
        RELOCK = "relock", "Khóa lại dữ liệu cá nhân"
        GRANT = "grant", "Phân công"
        REVOKE = "revoke", "Thôi phân công"
        RESET = "reset", "Cấp lại mật khẩu"
        DEACTIVATE = "deactivate", "Ngừng tài khoản"
        ACTIVATE = "activate", "Dùng lại tài khoản"
        REORGANISE = "reorganise", "Sắp xếp đơn vị"
        REPORT = "report", "Lập báo cáo"
        FORGET = "forget", "Xóa thông tin cá nhân"

    at = models.DateTimeField("lúc", db_index=True)
    actor_id = models.BigIntegerField("mã người làm", null=True, db_index=True)
    actor_name = models.CharField("người làm", max_length=150, blank=True)
    verb = models.CharField("việc", max_length=20, choices=Verb)
    area_id = models.BigIntegerField("mã địa bàn", null=True, db_index=True)
    object_kind = models.CharField("loại đối tượng", max_length=40, blank=True)
    object_id = models.CharField("mã đối tượng", max_length=40, blank=True)
    label = models.CharField("đối tượng", max_length=250, blank=True)
    detail = models.JSONField("chi tiết", default=dict, blank=True)
    address = models.GenericIPAddressField("địa chỉ mạng", null=True, blank=True)

    objects = ActQuerySet.as_manager()

    class Meta:
        verbose_name = "việc đã làm"
        verbose_name_plural = "nhật ký"
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["object_kind", "object_id"])]

    def __str__(self) -> str:
        return f"{self.get_verb_display()} {self.label}"
