"""The site's identity in the admin; editions are shown in workflow/admin/archive.py."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy

from publication.models import Identity


@admin.register(Identity)
class IdentityAdmin(admin.ModelAdmin):
    """The one row that says who publishes the site."""

    fieldsets = (
        (None, {"fields": ("name", "slogan", "organiser")}),
        (gettext_lazy("Rights lines"), {"fields": ("rights_own", "rights_reprint")}),
        (gettext_lazy("Reports from readers"), {"fields": ("report_phone", "report_email")}),
        (gettext_lazy("Licences"), {"fields": ("licence", "icp", "police")}),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Identity.objects.exists()

    def has_delete_permission(self, _request: HttpRequest, _obj: Identity | None = None) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Straight to the one row, where there is one."""
        if self.has_view_or_change_permission(request) and Identity.objects.exists():
            return HttpResponseRedirect(reverse("admin:publication_identity_change", args=[1]))
        return super().changelist_view(request, extra_context)

    def save_model(self, request: HttpRequest, obj: Identity, form: Any, change: bool) -> None:
        obj.pk = 1
        super().save_model(request, obj, form, change)
