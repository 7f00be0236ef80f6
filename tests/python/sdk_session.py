"""A whole session of Bandwidth's own Python SDK with the emulator.

Usage: python sdk_session.py http://127.0.0.1:4010

The emulator must have its default credentials and verify limit. Each step prints a line; the first that fails ends
the script with a non-zero status.
"""

import json
import random
import sys
import urllib.request

import bandwidth
from bandwidth.api.messages_api import MessagesApi
from bandwidth.api.mfa_api import MFAApi
from bandwidth.exceptions import ApiException, BadRequestException, ForbiddenException, UnauthorizedException
from bandwidth.models.code_request import CodeRequest
from bandwidth.models.message_request import MessageRequest
from bandwidth.models.verify_code_request import VerifyCodeRequest

ACCOUNT = "9900000"
FROM = "+12025550100"
EMULATOR = sys.argv[1].rstrip("/") if len(sys.argv) == 2 else sys.exit(__doc__)


def emulator(method, path, body=None):
    """The JSON with which one of the emulator's own paths answers."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(EMULATOR + path, data=data, method=method)
    with urllib.request.urlopen(request, timeout=10) as response:
        text = response.read()
    return json.loads(text) if text else None


def api(**credentials):
    # Without `ignore_operation_servers` the SDK sends to Bandwidth whatever `host` says.
    configuration = bandwidth.Configuration(
        host=EMULATOR + "/api/v1", ignore_operation_servers=True, **credentials
    )
    return MFAApi(bandwidth.ApiClient(configuration))


def with_token(secret="emulator"):
    return api(
        client_id="emulator", client_secret=secret, access_token_url=EMULATOR + "/api/v1/oauth2/token"
    )


def messages(secret="emulator"):
    configuration = bandwidth.Configuration(
        host=EMULATOR + "/api/v2",
        ignore_operation_servers=True,
        client_id="emulator",
        client_secret=secret,
        access_token_url=EMULATOR + "/api/v1/oauth2/token",
    )
    return MessagesApi(bandwidth.ApiClient(configuration))


def text_request(to, **changes):
    fields = {"application_id": "emulator-messaging", "to": [to], "from": FROM, "text": "It is being replaced."}
    fields.update(changes)
    return MessageRequest(**fields)


def fresh_number():
    """A number of this run's own, so that one run's wrong codes do not limit the next."""
    return "+1202" + "".join(random.choice("23456789") for _ in range(7))


def code_request(to, **changes):
    fields = {
        "to": to,
        "from": FROM,
        "application_id": "emulator-messaging",
        "message": "Your temporary {NAME} {SCOPE} code is {CODE}",
        "digits": 6,
        "scope": "transfer",
    }
    fields.update(changes)
    return CodeRequest(**fields)


def verify_request(to, code, scope="transfer", minutes=3):
    return VerifyCodeRequest(to=to, scope=scope, expiration_time_in_minutes=minutes, code=code)


def received(to):
    return [message for message in emulator("GET", "/inbox") if message["to"] == to]


def another(code):
    return "000000" if code != "000000" else "111111"


def raises(expected, call, *arguments):
    try:
        call(*arguments)
    except expected as raised:
        return raised
    raise AssertionError(f"{expected.__name__} was not raised")


def step(words):
    print("ok:", words, flush=True)


def main():
    mfa = with_token()
    to = fresh_number()

    emulator("DELETE", "/calls")
    sent = mfa.generate_messaging_code(ACCOUNT, code_request(to))
    assert len(sent.message_id) == 29, sent
    calls = [(call["endpoint"], call["status"]) for call in emulator("GET", "/calls")]
    assert calls == [("token", 200), ("messaging", 200)], calls
    step("a token is requested and a text message sent")

    [message] = received(to)
    assert message["id"] == sent.message_id and message["channel"] == "messaging", message
    assert message["message"] == f"Your temporary Emulator transfer code is {message['code']}", message
    step("the inbox has it")

    called = mfa.generate_voice_code(ACCOUNT, code_request(to, application_id="emulator-voice"))
    assert len(called.call_id) == 47, called
    [message, call] = received(to)
    assert call["id"] == called.call_id and call["channel"] == "voice", call
    step("a call is made")

    for code in (message["code"], call["code"]):
        assert mfa.verify_code(ACCOUNT, verify_request(to, code)).valid is True
    assert mfa.verify_code(ACCOUNT, verify_request(to, call["code"], minutes=3.5)).valid is True
    step("both codes are valid")

    wrong = another(message["code"]) if another(message["code"]) != call["code"] else "222222"
    assert mfa.verify_code(ACCOUNT, verify_request(to, wrong)).valid is False
    assert mfa.verify_code(ACCOUNT, verify_request(fresh_number(), "123456")).valid is False
    step("a wrong code is not, nor any for a number that was sent none")

    assert mfa.verify_code(ACCOUNT, verify_request(to, call["code"], scope="settings")).valid is False
    assert mfa.verify_code(ACCOUNT, verify_request(to, call["code"], scope=None)).valid is False
    step("nor the right code in another scope")

    for send in (mfa.generate_messaging_code, mfa.generate_voice_code):
        refused = raises(
            BadRequestException, send, ACCOUNT, code_request(to, application_id="not_an_application_id")
        )
        assert refused.status == 400 and refused.data.error and refused.data.request_id, refused
    step("an unknown application is a 400")

    queued = messages().create_message(ACCOUNT, text_request(to))
    assert len(queued.id) == 29 and queued.to == [to] and queued.text == "It is being replaced.", queued
    [text] = emulator("GET", "/texts")
    assert text["id"] == queued.id and text["to"] == [to], text
    assert len(received(to)) == 2, "a text without a code is not in the inbox"
    refused = raises(BadRequestException, messages().create_message, ACCOUNT, text_request("+1invalid"))
    assert refused.data.type == "request-validation" and refused.data.field_errors[0].field_name == "to", refused
    step("a text without a code is sent by the Messaging API")

    refused = raises(UnauthorizedException, api().verify_code, ACCOUNT, verify_request(to, "123456"))
    assert refused.status == 401 and refused.data.message == "Unauthorized", refused
    step("no credentials are a 401")

    assert api(username="emulator", password="emulator").verify_code(
        ACCOUNT, verify_request(fresh_number(), "123456")
    ).valid is False
    stranger = api(username="emulator", password="wrong")
    refused = raises(ForbiddenException, stranger.verify_code, ACCOUNT, verify_request(to, "123456"))
    assert refused.status == 403 and "explicit deny" in refused.body, refused
    step("Basic passes, and with a bad password is a 403")

    raises(Exception, with_token("wrong").verify_code, ACCOUNT, verify_request(to, "123456"))
    assert emulator("GET", "/calls")[-1]["endpoint"] == "token"
    assert emulator("GET", "/calls")[-1]["status"] == 401
    step("a wrong client secret gets no token")

    number = fresh_number()
    answers = 0
    while True:
        try:
            assert mfa.verify_code(ACCOUNT, verify_request(number, "123456")).valid is False
            answers += 1
            assert answers < 100, "no limit in sight"
        except ApiException as raised:
            limited = raised
            break
    assert limited.status == 429 and answers == 5, (limited, answers)
    assert json.loads(limited.body)["error"].startswith("This number has exceeded"), limited
    step("the sixth wrong code of a number is a 429")

    emulator("POST", "/control/clock", {"advance_s": 35})
    assert mfa.verify_code(ACCOUNT, verify_request(number, "123456")).valid is False
    step("which is over 35 seconds later")

    assert mfa.verify_code(ACCOUNT, verify_request(to, call["code"], minutes=1)).valid is True
    emulator("POST", "/control/clock", {"advance_s": 180})
    assert mfa.verify_code(ACCOUNT, verify_request(to, call["code"])).valid is False
    step("and codes grow too old")


if __name__ == "__main__":
    main()
