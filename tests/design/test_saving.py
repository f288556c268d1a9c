"""What the reader is told while answers are saved by htmx: saving, saved, not saved and trying again."""

import pytest
from django.templatetags.static import static

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def answers(browser, live_server):
    """A page of one question; `answers.fails` decides whether the network is there, `answers.sent` is what arrived.

    Not the `page` of other tests, which does not forgive the console its word about a request that failed.
    """
    context = browser.new_context(base_url=live_server.url, locale="vi-VN")
    page = context.new_page()
    page.fails, page.sent = False, []
    htmx, module = static("django_htmx/htmx-2.min.js"), static("js/saved.js")
    body = f"""<!doctype html><html lang="vi"><title>Thử</title><meta name="htmx-config"
        content='{{"includeIndicatorStyles":false}}'>
        <script src="{htmx}"></script><script type="module" src="{module}"></script>
        <div role="group" hx-target="this" hx-swap="none">
        <button name="answer" value="YES" hx-post="/thu/ghi/">Đã có</button>
        <button name="answer" value="NO" hx-post="/thu/ghi/">Chưa có</button></div>
        <p class="save-state" data-save-state role="status"></p>"""

    def save(route):
        if page.fails:
            return route.abort()
        page.sent.append(route.request.post_data)
        return route.fulfill(body="")

    page.route("**/thu/", lambda route: route.fulfill(body=body, content_type="text/html; charset=utf-8"))
    page.route("**/thu/ghi/", save)
    page.goto("/thu/")
    yield page
    context.close()


def says(page, text):
    page.get_by_role("status").filter(has_text=text).wait_for()


def test_it_says_when_an_answer_was_saved(answers):
    answers.get_by_role("button", name="Đã có").click()
    says(answers, "Đã lưu lúc")
    assert answers.sent == ["answer=YES"]


def test_what_could_not_be_sent_is_sent_by_trying_again(answers):
    answers.fails = True
    answers.get_by_role("button", name="Đã có").click()
    says(answers, "Chưa lưu được.")
    answers.fails = False
    answers.get_by_role("button", name="Thử lại").click()
    says(answers, "Đã lưu lúc")
    assert answers.sent == ["answer=YES"]


def test_a_later_answer_takes_the_place_of_one_that_failed(answers):
    answers.fails = True
    answers.get_by_role("button", name="Đã có").click()
    says(answers, "Chưa lưu được.")
    answers.fails = False
    answers.get_by_role("button", name="Chưa có").click()
    says(answers, "Đã lưu lúc")
    assert answers.get_by_role("button", name="Thử lại").count() == 0
    assert answers.sent == ["answer=NO"]
