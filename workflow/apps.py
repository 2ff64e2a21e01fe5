from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkflowConfig(AppConfig):
    """How an article moves from draft to readers."""

    name = "workflow"
    verbose_name = _("Workflow")
