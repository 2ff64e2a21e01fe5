"""Every address of the house: the desk under /admin/, the public site beside it."""

from django.contrib import admin
from django.urls import path, re_path

from workflow.admin.pictures import private_picture

urlpatterns = [
    path("admin/", admin.site.urls),
    re_path(r"^picture/(?P<sha256>[0-9a-f]{64})$", private_picture, name="private-picture"),
]
