import pytest
from django.urls import reverse

from publication.models import Identity
from tests import factories as make
from tests.desk import desk

pytestmark = pytest.mark.django_db

LIST, ADD = "admin:publication_identity_changelist", "admin:publication_identity_add"


def test_the_identity_is_made_once():
    client = desk(make.user("administrator"))

    client.post(reverse(ADD), {"name": "青溪新闻网"})
    again = client.post(reverse(ADD), {"name": "另一个"})

    assert again.status_code == 403
    assert Identity.current().name == "青溪新闻网"


def test_the_list_leads_to_the_one_identity():
    client = desk(make.user("administrator"))
    assert client.get(reverse(LIST)).status_code == 200

    Identity.objects.create(pk=1, name="青溪新闻网")

    assert client.get(reverse(LIST))["Location"] == reverse(
        "admin:publication_identity_change", args=[1]
    )


def test_the_identity_is_not_deleted():
    Identity.objects.create(pk=1, name="青溪新闻网")

    response = desk(make.user("administrator")).post(
        reverse("admin:publication_identity_delete", args=[1]), {"post": "yes"}
    )

    assert response.status_code == 403
    assert Identity.objects.exists()


@pytest.mark.parametrize("role", ["reporter", "editor", "chief_editor"])
def test_the_identity_is_kept_by_administrators_alone(role):
    Identity.objects.create(pk=1, name="青溪新闻网")
    where = reverse("admin:publication_identity_change", args=[1])

    assert desk(make.user(role)).post(where, {"name": "改名"}).status_code == 403
    assert Identity.current().name == "青溪新闻网"
