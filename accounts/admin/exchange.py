"""Users (never passwords) and villages as workbooks."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db.models import Prefetch

from accounts.actions import demand, grant
from accounts.exchange.cells import ChoiceCell, CodeCell, DateCell, DegreeCell, PhoneCell, RowCell, column
from accounts.exchange.resources import GatedResource, id_column
from accounts.models import Posting, User
from accounts.rules import Can, Role, can_grant
from areas.actions import open_area
from areas.models import Area, AreaVersion, Level
from journal.actions import record
from journal.models import Act


class UserResource(GatedResource):
    """A new user comes with one posting and without a password: it is given on her page ("Cấp lại mật khẩu")."""

    pk = id_column()
    username = column("username", "Tên đăng nhập", CodeCell())
    full_name = column("full_name", "Họ và tên")
    phone = column("phone", "Điện thoại", PhoneCell())
    role = column("first_role", "Vai trò", ChoiceCell(Role.choices))
    area = column("first_area", "Địa bàn", RowCell(lambda user: user.reach().areas(Can.MANAGE_USERS).open()))

    fixed = {"first_role": "Phân công ở trang tài khoản.", "first_area": "Phân công ở trang tài khoản."}

    class Meta(GatedResource.Meta):
        model = User

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        postings = Posting.objects.visible_to(self.user).current().select_related("area")
        self.prefetched = (Prefetch("postings", postings, to_attr="shown_postings"),)

    def _read_originals(self, ids):
        super()._read_originals(ids)
        for user in self.originals.values():
            user.shown_postings = list(Posting.objects.visible_to(self.user).current().filter(user=user))
            first = user.shown_postings[0] if user.shown_postings else None
            user.first_role, user.first_area = (first.role, first.area) if first else ("", None)

    def dehydrate_role(self, user):
        return self._first(user, "role", self.fields["role"])

    def dehydrate_area(self, user):
        return self._first(user, "area", self.fields["area"])

    @staticmethod
    def _first(user, name, field):
        postings = getattr(user, "shown_postings", None)
        value = getattr(postings[0], name) if postings else getattr(user, f"first_{name}", None)
        return field.widget.render(value)

    def _demand(self, instance, what):
        if what == "sửa":
            super()._demand(instance, what)

    def write(self, instance, is_create):
        if not is_create:
            super().write(instance, is_create)
            return
        role, area = instance.first_role, instance.first_area
        if not role or area is None:
            raise ValidationError({"first_role": "Tài khoản mới cần vai trò và địa bàn."})
        demand(can_grant(self.user, role, area))
        instance.set_unusable_password()
        instance.must_change_password = True
        instance.save(force_insert=True)
        record(by=self.user, verb=Act.Verb.ADD, obj=instance, area_id=area.pk)
        grant(instance, role, area, by=self.user)


class VillageResource(GatedResource):
    """New villages, and where villages lie on the ground. What they are called changes by versions, on their pages."""

    pk = id_column()
    name = column("name", "Tên")
    kind = column("kind", "Loại")
    parent = column(
        "parent_area",
        "Thuộc phường, xã",
        RowCell(lambda user: user.reach().areas(Can.EDIT_AREAS).open().at(Level.WARD)),
    )
    code = column("code", "Mã", CodeCell())
    since = column("since", "Từ ngày", DateCell())
    until = column("until", "Đến ngày", DateCell(), readonly=True)
    lat = column("lat", "Vĩ độ", DegreeCell())
    lon = column("lon", "Kinh độ", DegreeCell())

    fixed = dict.fromkeys(("name", "kind", "code", "since", "parent_area"), "Làm ở trang Địa bàn.")
    prefetched = (
        Prefetch("versions", AreaVersion.objects.open().select_related("parent"), to_attr="present_versions"),
    )

    class Meta(GatedResource.Meta):
        model = Area

    def dehydrate_parent(self, area):
        versions = getattr(area, "present_versions", None)
        parent = versions[0].parent if versions else getattr(area, "parent_area", None)
        return self.fields["parent"].widget.render(parent)

    def _read_originals(self, ids):
        super()._read_originals(ids)
        versions = AreaVersion.objects.open().filter(area__in=self.originals.values()).select_related("parent")
        parents = {version.area_id: version.parent for version in versions}
        for area in self.originals.values():
            area.parent_area = parents.get(area.pk)

    def init_instance(self, row=None):
        return Area(level=Level.VILLAGE)

    def _demand(self, instance, what):
        if what == "sửa":
            super()._demand(instance, what)

    def write(self, instance, is_create):
        if not is_create:
            super().write(instance, is_create)
            return
        if instance.parent_area is None:
            raise ValidationError({"parent_area": "Chọn phường, xã."})
        instance.pk = open_area(
            by=self.user,
            level=Level.VILLAGE,
            name=instance.name,
            kind=instance.kind,
            since=instance.since,
            parent=instance.parent_area,
            code=instance.code,
            lat=instance.lat,
            lon=instance.lon,
        ).pk
