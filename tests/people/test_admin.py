import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from django.utils.translation import gettext as _

from articles.models import Channel
from people.models import Contributor, User
from tests import factories as make
from tests.desk import desk, text
from workflow.models import ChannelAssignment

pytestmark = pytest.mark.django_db

USERS, ADD_USER = "admin:people_user_changelist", "admin:people_user_add"
PASSWORD = "qingxi-9-shan-ge"


def change(user):
    return reverse("admin:people_user_change", args=[user.pk])


def typed(user, **fields):
    """The account's form as a browser would send it, with changes."""
    return {
        "username": user.username,
        "name": user.name,
        "email": user.email,
        "groups": [group.pk for group in user.groups.all()],
        "is_active": "on",
        "is_staff": "on",
        "channel_assignments-TOTAL_FORMS": 0,
        "channel_assignments-INITIAL_FORMS": 0,
        **fields,
    }


def role(name):
    make.user("editor")
    return Group.objects.get(name=name)


@pytest.mark.parametrize(
    "code", ["correspondent", "reporter", "editor", "section_head", "chief_editor"]
)
def test_accounts_are_kept_by_administrators_alone(code):
    client, other = desk(make.user(code)), make.user("reporter")

    for where in (reverse(USERS), reverse(ADD_USER), change(other)):
        assert client.get(where).status_code == 403
        assert client.post(where, typed(other, name="改名")).status_code == 403
    assert User.objects.get(pk=other.pk).name == other.name


def test_an_administrator_makes_an_account_for_the_desk():
    response = desk(make.user("administrator")).post(
        reverse(ADD_USER),
        {
            "username": "weiqian",
            "name": "魏　倩",
            "password1": PASSWORD,
            "password2": PASSWORD,
        },
    )

    made = User.objects.get(username="weiqian")
    assert response["Location"] == change(made)
    assert (made.name, made.is_staff, made.is_superuser) == ("魏倩", True, False)
    assert made.check_password(PASSWORD)


def test_an_account_s_page_says_nothing_of_how_the_password_is_kept():
    user = make.user("reporter")
    user.set_password(PASSWORD)
    user.save()

    page = text(desk(make.user("administrator")).get(change(user)))

    assert 'href="../password/"' in page
    assert user.password.split("$")[0] not in page


def test_an_account_s_page_speaks_of_roles_and_the_desk():
    administrator = make.user("administrator")
    client = desk(administrator)

    for user in (make.user("reporter"), administrator):
        page = text(client.get(change(user)))
        assert _("may log in to the desk") in page.lower()
        assert _("roles") in page.lower()
        assert _("staff status") not in page.lower()
    assert client.get(reverse(USERS)).context["cl"].filter_specs[1].title == _("roles")


def test_an_account_needs_a_real_name():
    response = desk(make.user("administrator")).post(
        reverse(ADD_USER),
        {"username": "x1", "password1": PASSWORD, "password2": PASSWORD},
    )

    assert response.context["adminform"].form.errors["name"]
    assert not User.objects.filter(username="x1").exists()


def test_an_administrator_gives_roles_and_limits_to_channels():
    other, channel = make.user("reporter"), make.channel()
    editor = role("编辑")

    desk(make.user("administrator")).post(
        change(other),
        typed(
            other,
            groups=[editor.pk],
            **{
                "channel_assignments-TOTAL_FORMS": 1,
                "channel_assignments-0-channel": channel.pk,
                "channel_assignments-0-user": other.pk,
            },
        ),
    )

    assert list(other.groups.all()) == [editor]
    assert ChannelAssignment.objects.get(user=other).channel == channel


def test_nobody_becomes_a_superuser_or_gets_a_permission_by_the_form():
    administrator, other = make.user("administrator"), make.user("reporter")
    right = Permission.objects.get(codename="publish", content_type__app_label="workflow")

    for user in (administrator, other):
        desk(administrator).post(
            change(user), typed(user, is_superuser="on", user_permissions=[right.pk])
        )

        user.refresh_from_db()
        assert not user.is_superuser
        assert not user.user_permissions.exists()


def test_administrators_do_not_change_their_own_roles():
    administrator, chief = make.user("administrator"), role("总编辑")
    before = list(administrator.groups.all())

    desk(administrator).post(change(administrator), typed(administrator, groups=[chief.pk]))

    assert list(administrator.groups.all()) == before


def test_an_administrator_has_no_way_into_a_superuser():
    administrator = desk(make.user("administrator"))
    root = make.user(is_superuser=True, is_staff=True)
    root.set_password(PASSWORD)
    root.save()

    administrator.post(change(root), typed(root, username="taken"))
    password = reverse("admin:auth_user_password_change", args=[root.pk])
    response = administrator.post(
        password,
        {"password1": "x9-other-one", "password2": "x9-other-one"},
    )

    root.refresh_from_db()
    assert response.status_code == 403
    assert root.check_password(PASSWORD)
    assert root.username != "taken"


def test_an_administrator_sees_a_superuser_s_account_without_its_password():
    root = make.user(is_superuser=True, is_staff=True, name="周舟")
    root.set_password(PASSWORD)
    root.save()
    administrator = desk(make.user("administrator"))

    page = administrator.get(change(root))
    changed = administrator.post(change(root), typed(root, name="改名", password="md5$x$y"))

    assert page.status_code == 200
    assert "周舟" in text(page)
    assert "../password/" not in text(page)
    assert _("Password") not in text(page).replace(_("Change password"), "")
    assert not any(part in text(page) for part in root.password.split("$"))
    assert changed.status_code == 403
    kept = User.objects.get(pk=root.pk)
    assert (kept.name, kept.password) == ("周舟", root.password)


def test_an_administrator_sets_a_new_password():
    other = make.user("reporter")

    response = desk(make.user("administrator")).post(
        reverse("admin:auth_user_password_change", args=[other.pk]),
        {"password1": PASSWORD, "password2": PASSWORD},
    )

    other.refresh_from_db()
    assert response["Location"] == change(other)
    assert other.check_password(PASSWORD)


def test_accounts_are_switched_off_and_never_deleted():
    other = make.user("reporter")
    fields = typed(other)
    del fields["is_active"]

    client = desk(make.user("administrator"))
    client.post(change(other), fields)
    other.refresh_from_db()
    assert not other.is_active

    delete = reverse("admin:people_user_delete", args=[other.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=other.pk).exists()


def test_the_page_of_an_account_leads_to_the_contributor():
    other = make.user("reporter")
    contributor = make.contributor("魏倩", user=other)

    page = text(desk(make.user("administrator")).get(change(other)))

    assert reverse("admin:people_contributor_change", args=[contributor.pk]) in page


def test_contributors_of_the_same_name_are_pointed_out():
    unit, other = make.unit(), make.unit("县教育局")
    make.contributor("魏倩", unit=other)

    response = desk(make.user("editor")).post(
        reverse("admin:people_contributor_add"),
        {"name": "魏 倩", "unit": unit.pk, "is_active": "on"},
        follow=True,
    )

    assert Contributor.objects.filter(name="魏倩").count() == 2
    sentence = _("There are others of this name: %(names)s. Are they one and the same?")
    assert sentence % {"names": "魏倩（县教育局）"} in text(response)


def test_an_editor_keeps_contributors_but_links_no_account():
    account = make.user("reporter")

    desk(make.user("editor")).post(
        reverse("admin:people_contributor_add"),
        {"name": "罗华", "is_active": "on", "user": account.pk},
    )

    assert Contributor.objects.get(name="罗华").user is None


def test_who_keeps_contributors_finds_their_units():
    make.unit("县教育局")
    query = {
        "term": "教育",
        "app_label": "people",
        "model_name": "contributor",
        "field_name": "unit",
    }

    response = desk(make.user("editor")).get(reverse("admin:autocomplete"), query)

    assert [row["text"] for row in response.json()["results"]] == ["县教育局"]


def test_a_reporter_keeps_neither_contributors_nor_units():
    client = desk(make.user("reporter"))

    for model in ("contributor", "unit"):
        assert client.get(reverse(f"admin:people_{model}_changelist")).status_code == 403
        assert client.get(reverse(f"admin:people_{model}_add")).status_code == 403


def test_channels_are_listed_under_their_parents():
    second, first = make.channel("部门", order=2), make.channel("要闻", order=1)
    below = make.channel("教育", parent=first, order=9)

    response = desk(make.user("administrator")).get(reverse("admin:articles_channel_changelist"))

    assert list(response.context["cl"].result_list) == [first, below, second]


def test_a_channel_of_the_second_level_is_no_parent():
    parent = make.channel()
    child = make.channel(parent=parent)

    response = desk(make.user("administrator")).post(
        reverse("admin:articles_channel_add"),
        {"name": "三级", "slug": "third", "parent": child.pk, "order": 0, "reviews": 3},
    )

    assert response.context["adminform"].form.errors["parent"]
    assert not Channel.objects.filter(slug="third").exists()
