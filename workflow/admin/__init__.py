"""The desk in Django's admin: articles, pictures, accounts, the archive of editions."""

from workflow.admin import accounts, archive, article, pictures

__all__ = ["accounts", "archive", "article", "pictures"]
