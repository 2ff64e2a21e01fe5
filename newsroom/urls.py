"""Every address of the house: the desk under /admin/, the public site beside it."""

from django.contrib import admin
from django.urls import path

urlpatterns = [
    path("admin/", admin.site.urls),
]
