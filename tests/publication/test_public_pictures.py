"""Pictures are public while an edition that readers see uses them, and no moment longer."""

import pytest
from django.urls import reverse

from publication import renditions
from tests import factories as make

pytestmark = pytest.mark.django_db


def addresses(picture) -> list[str]:
    return [reverse("picture", args=[form["name"]]) for form in renditions.planned(picture)]


def test_the_pictures_of_a_visible_edition_are_served(client):
    picture = make.picture()
    make.edition(lead_picture=picture)

    responses = {address: client.get(address) for address in addresses(picture)}

    assert responses
    for address, response in responses.items():
        assert response.status_code == 200
        assert response["Content-Type"] == (
            "image/webp" if address.endswith(".webp") else "image/jpeg"
        )
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "max-age=600" in response["Cache-Control"]
        assert len(response.getvalue()) == int(response["Content-Length"])


def test_a_picture_that_is_known_is_not_sent_again(client):
    picture = make.picture()
    make.edition(lead_picture=picture)
    address = addresses(picture)[0]
    first = client.get(address)
    first.getvalue()
    etag = first["ETag"]

    assert client.get(address, HTTP_IF_NONE_MATCH=etag).status_code == 304


def test_pictures_come_and_go_with_their_edition(client, clock):
    picture = make.picture()
    make.edition(lead_picture=picture, since=make.NOON + make.HOUR, until=make.NOON + 2 * make.HOUR)
    address = addresses(picture)[0]

    seen = []
    for seconds in (0, 3599, 1, 3599, 1):
        clock.shift(seconds)
        response = client.get(address)
        response.getvalue()
        seen.append(response.status_code)

    assert seen == [404, 404, 200, 200, 404]


def test_a_picture_whose_file_is_lost_is_not_found(client):
    picture = make.picture()
    make.edition(lead_picture=picture)
    for form in renditions.planned(picture):
        renditions.storage().delete(form["name"])

    assert client.get(addresses(picture)[0]).status_code == 404


def test_the_original_is_nowhere_on_the_public_site(client):
    picture = make.picture()
    make.edition(lead_picture=picture)

    assert client.get(f"/pictures/{picture.sha256}.jpg").status_code == 404
    assert client.get(f"/pictures/{picture.file.name}").status_code == 404
