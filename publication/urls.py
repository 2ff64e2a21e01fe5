"""The addresses of the public site."""

from django.urls import path, re_path

from publication import sitemaps, views
from publication.feeds import NewestFeed

urlpatterns = [
    path("", views.home, name="home"),
    path("latest/", views.latest, name="latest"),
    path("channel/<slug:slug>/", views.channel, name="channel"),
    re_path(
        r"^content/(?P<year>[0-9]{4})/(?P<month>[0-9]{2})/(?P<day>[0-9]{2})/(?P<number>[0-9]{1,19})\.html$",
        views.article,
        name="article",
    ),
    path("pictures/<str:name>", views.picture, name="picture"),
    path("feed.xml", views.page(NewestFeed()), name="feed"),
    path("channel/<slug:slug>/feed.xml", views.page(NewestFeed()), name="channel_feed"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-channels.xml", sitemaps.channels, name="sitemap_of_channels"),
    re_path(
        r"^sitemap-(?P<year>[0-9]{4})\.xml$", sitemaps.articles_of_year, name="sitemap_of_year"
    ),
    path("robots.txt", views.robots, name="robots"),
    # What earlier systems called an article, whatever stood before its number.
    re_path(r"^(?:.*/)?(?P<number>[0-9]{1,19})\.html?$", views.old_address, name="old_address"),
]
