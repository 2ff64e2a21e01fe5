"""Accounts with the channels they are limited to."""

from django.contrib import admin

from people.admin import AccountAdmin
from people.models import User
from workflow.models import ChannelAssignment


class AssignmentInline(admin.TabularInline):
    """The channels a person is limited to; without any, all."""

    model = ChannelAssignment
    extra = 0


@admin.register(User)
class DeskAccountAdmin(AccountAdmin):
    """Accounts, roles and limits."""

    inlines = (AssignmentInline,)

    def get_inlines(self, request: object, obj: User | None) -> tuple[type, ...]:  # noqa: ARG002
        """Limits are given once the account is there."""
        return self.inlines if obj else ()
