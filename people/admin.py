"""Accounts, units and contributors in the admin."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import (
    ReadOnlyPasswordHashField,
    ReadOnlyPasswordHashWidget,
    UserChangeForm,
    UserCreationForm,
)
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.forms import CheckboxSelectMultiple, ModelMultipleChoiceField
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.models import Contributor, Unit, User


class AccountCreationForm(UserCreationForm):
    """A new account: log-in name, real name, password."""

    class Meta:
        model = User
        fields = ("username", "name")


class NewPasswordLink(ReadOnlyPasswordHashWidget):
    """The way to a new password, and nothing of how the old one is kept."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:  # noqa: ARG002
        words = self.get_context(name, value, attrs)["button_label"]
        return format_html('<a role="button" class="button" href="../password/">{}</a>', words)


class AccountForm(UserChangeForm):
    """An account that is there."""

    password = ReadOnlyPasswordHashField(label=gettext_lazy("Password"), widget=NewPasswordLink)

    class Meta(UserChangeForm.Meta):
        model = User
        labels: ClassVar = {
            "groups": gettext_lazy("roles"),
            "is_staff": gettext_lazy("may log in to the desk"),
        }
        help_texts: ClassVar = {
            "is_staff": gettext_lazy("Whether the person may log in to the desk at all."),
        }


class RoleFilter(admin.RelatedFieldListFilter):
    """Accounts by role."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = gettext_lazy("roles")


class AccountAdmin(UserAdmin):
    """Accounts of the desk. Registered in workflow/admin/accounts.py, with the limits to channels.

    Nobody becomes a superuser here or gets a permission but by a role; nobody changes their own
    roles; accounts are switched off and never deleted, for the record names them.
    """

    form = AccountForm
    add_form = AccountCreationForm
    list_display = ("real_name", "username", "roles", "is_active", "last_login")
    list_display_links = ("real_name", "username")
    list_filter = ("is_active", ("groups", RoleFilter))
    search_fields = ("username", "name")
    ordering = ("-is_active", "username")
    show_facets = admin.ShowFacets.NEVER
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("name", "username", "password", "email")}),
        (
            gettext_lazy("At the desk"),
            {"fields": ("groups", "is_active", "is_staff", "credited_as")},
        ),
        (gettext_lazy("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "name", "password1", "password2")}),)
    readonly_fields = ("credited_as", "last_login", "date_joined")

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """A superuser's account is for superusers: whoever sets its password has it."""
        if obj and obj.is_superuser and not _is_superuser(request):
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, _request: HttpRequest, _obj: User | None = None) -> bool:
        return False

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Nothing of a password that the person may not set."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        (title, options), *others = fieldsets
        names = [name for name in options["fields"] if name != "password"]
        return [(title, {"fields": names}), *others]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is not None and obj.pk == request.user.pk:
            return (*self.readonly_fields, "groups", "is_active", "is_staff")
        return self.readonly_fields

    def formfield_for_manytomany(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> ModelMultipleChoiceField | None:
        """Roles as boxes to tick, in their order."""
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field and db_field.name == "groups":
            field.help_text = gettext_lazy("What the person may do. Several roles add up.")
            field.queryset = Group.objects.order_by("pk")
            field.widget = CheckboxSelectMultiple()
        return field

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "name":
            kwargs["label"] = gettext_lazy("real name")
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.is_staff = True  # an account is for the desk
        super().save_model(request, obj, form, change)

    @admin.display(description=gettext_lazy("real name"), ordering="name")
    def real_name(self, user: User) -> str:
        return user.name

    @admin.display(description=gettext_lazy("roles"), empty_value="—")
    def roles(self, user: User) -> str | None:
        return "、".join(group.name for group in user.groups.all()) or None

    @admin.display(description=gettext_lazy("credited as"))
    def credited_as(self, user: User) -> str | SafeString:
        contributor = Contributor.objects.filter(user=user).select_related("unit").first()
        if contributor is None:
            return _("Nobody yet. Choose this account on the page of the contributor.")
        url = reverse("admin:people_contributor_change", args=[contributor.pk])
        return format_html('<a href="{}">{}</a>', url, contributor)


@admin.register(Unit)
class UnitAdmin(admin.ModelAdmin):
    """Desks, departments and townships."""

    list_display = ("name", "short_name", "kind", "order", "is_active")
    list_filter = ("kind", "is_active")
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("name", "short_name")

    def has_view_permission(self, request: HttpRequest, obj: Unit | None = None) -> bool:
        """Whoever keeps contributors chooses units for them."""
        keeps = request.user.has_perm("people.change_contributor")
        return keeps or super().has_view_permission(request, obj)


@admin.register(Contributor)
class ContributorAdmin(admin.ModelAdmin):
    """The people and units that are credited."""

    list_display = ("name", "unit", "is_unit", "is_active", "user")
    list_filter = ("is_active", "is_unit", "unit__kind")
    show_facets = admin.ShowFacets.NEVER
    list_select_related = ("unit", "user")
    search_fields = ("name", "unit__name", "unit__short_name")
    autocomplete_fields = ("unit", "user")

    def get_readonly_fields(self, request: HttpRequest, _obj: Contributor | None = None) -> Any:
        """Accounts are chosen by those who may see accounts."""
        return () if request.user.has_perm("people.view_user") else ("user",)

    def save_model(
        self,
        request: HttpRequest,
        obj: Contributor,
        form: Any,
        change: bool,
    ) -> None:
        super().save_model(request, obj, form, change)
        others = Contributor.objects.filter(name=obj.name).exclude(pk=obj.pk)
        namesakes = "、".join(str(other) for other in others.select_related("unit"))
        if namesakes:
            messages.warning(
                request,
                _("There are others of this name: %(names)s. Are they one and the same?")
                % {"names": namesakes},
            )


def _is_superuser(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))
