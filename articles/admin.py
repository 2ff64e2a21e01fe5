"""Channels in the admin; articles and pictures are kept in workflow/admin."""

from django.contrib import admin
from django.db.models import F
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from articles.models import Channel


@admin.register(Channel)
class ChannelAdmin(admin.ModelAdmin):
    """The sections of the site, those of the second level under their parents."""

    list_display = ("title", "slug", "order", "reviews")
    search_fields = ("name", "slug")
    list_select_related = ("parent",)
    ordering = (
        Coalesce("parent__order", "order").asc(),
        Coalesce("parent__name", "name").asc(),
        F("parent").asc(nulls_first=True),
        "order",
        "name",
    )

    def get_form(self, request: HttpRequest, obj: Channel | None = None, **kwargs: object) -> type:
        """Only channels of the first level can be parents."""
        form = super().get_form(request, obj, **kwargs)
        if "parent" in form.base_fields:
            parents = Channel.objects.top()
            form.base_fields["parent"].queryset = parents.exclude(pk=obj.pk) if obj else parents
        return form

    @admin.display(description=gettext_lazy("name"))
    def title(self, channel: Channel) -> str:
        return f"— {channel.name}" if channel.parent_id else channel.name
