"""Every address of the house: the desk under /admin/, the public site beside it."""

from django.contrib import admin
from django.urls import include, path, re_path

from workflow.admin.pictures import private_picture

urlpatterns = [
    path("admin/", admin.site.urls),
    re_path(r"^picture/(?P<sha256>[0-9a-f]{64})$", private_picture, name="private-picture"),
    path("", include("publication.urls")),
]

handler400 = "publication.views.bad_request"
handler403 = "publication.views.permission_denied"
handler404 = "publication.views.page_not_found"
