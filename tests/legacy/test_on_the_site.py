"""`loaddata` alone is enough: what it loads is read on the site at once."""

import pytest

from tests.legacy import files

pytestmark = pytest.mark.django_db

CANONICAL = f"/content/2023/08/23/{files.NUMBER}.html"


@pytest.fixture(autouse=True)
def loaded(tmp_path):
    """One article with a picture and its by-line, loaded from files."""
    picture = files.picture(tmp_path)
    files.load(
        tmp_path,
        newsroom=files.newsroom(),
        pictures=[picture],
        articles=[
            files.article(lead_picture=[picture["fields"]["sha256"]]),
            files.byline(),
            files.byline(contributor=["魏倩", ""], role="editor", order=2),
        ],
    )


@pytest.mark.parametrize(
    "address",
    [
        f"/content/646742/67/{files.NUMBER}.html",
        f"/c/2014/05/21/{files.NUMBER}.htm",
        f"/m/content/2023/08/23/{files.NUMBER}.html",
    ],
)
def test_old_addresses_lead_to_the_canonical_one(client, address):
    response = client.get(address)

    assert (response.status_code, response["Location"]) == (301, CANONICAL)


def test_the_page_carries_the_old_date_and_by_lines(client):
    response = client.get(CANONICAL)

    page = response.content.decode()
    assert response.status_code == 200
    assert "龙潭镇：山路通了，山货俏了" in page
    assert "2023-08-23 21:21:48" in page
    assert "青溪县融媒体中心8月23日讯（记者 张婷）" in page
    assert "魏倩" in page
    assert files.SYSTEM not in page


def test_its_pictures_are_served(client):
    page = client.get(CANONICAL).content.decode()
    name = page.split("/pictures/")[1].split('"')[0].split()[0]

    response = client.get(f"/pictures/{name}")

    assert response.status_code == 200
    assert response["Content-Type"].startswith("image/")
    response.close()


def test_it_stands_in_its_channel(client):
    assert CANONICAL in client.get("/channel/news/").content.decode()
