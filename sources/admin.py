"""Sources and their permissions to reprint in the admin."""

import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy

from sources.models import ReprintPermission, Source


class PermissionInline(admin.TabularInline):
    """When copy of the source may be reprinted, and on what basis."""

    model = ReprintPermission
    extra = 0
    # The browser's own date field works on phones and speaks the reader's language.
    formfield_overrides = {
        models.DateField: {"widget": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})}
    }


@admin.register(Source)
class SourceAdmin(admin.ModelAdmin):
    """The outlets that copy comes from."""

    list_display = ("name", "is_own", "reprintable", "home_url")
    search_fields = ("name",)
    inlines = (PermissionInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Source]:
        today: datetime.date = timezone.localdate()
        in_force = ReprintPermission.objects.in_force(today).filter(source=OuterRef("pk"))
        return super().get_queryset(request).annotate(in_force=Exists(in_force))

    @admin.display(description=gettext_lazy("may be reprinted today"), boolean=True)
    def reprintable(self, source: Any) -> bool:
        return source.is_own or source.in_force
