"""Sends a signed delivery, for the tests: send.py URL SECRET-FILE BODY-FILE [-t SECONDS] [-k KEY] [-e EVENT]
[-s HEADER] [-n TIMES]. Prints status and body of each answer; with -n they are sent at the same time."""
import argparse, hashlib, hmac, http.client, threading, time, urllib.parse

parse = argparse.ArgumentParser()
for name in ("url", "secret", "body"):
    parse.add_argument(name)
parse.add_argument("-t", type=int, default=0, help="seconds that the clock is off")
parse.add_argument("-k", default="key-1")
parse.add_argument("-e")
parse.add_argument("-s", help="the signature's header as it is; 'none': without it")
parse.add_argument("-n", type=int, default=1)
parse.add_argument("-c", default="application/json")
asked = parse.parse_args()
url = urllib.parse.urlsplit(asked.url)
secret = open(asked.secret, "rb").read().rstrip(b"\n")
body = open(asked.body, "rb").read()
at = str(int(time.time()) + asked.t)
mac = hmac.new(secret, at.encode() + b"." + body, hashlib.sha256).hexdigest()
headers = {"Content-Type": asked.c, "X-Carrel-Signature": asked.s or f"t={at},v1={mac}"}
if asked.s == "none":
    del headers["X-Carrel-Signature"]
if asked.k != "none":
    headers["Idempotency-Key"] = asked.k
if asked.e:
    headers["X-Carrel-Event"] = asked.e
answers = []


def send():
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=60)
    connection.request("POST", url.path, body, headers)
    answer = connection.getresponse()
    answers.append(f"{answer.status} {answer.read().decode().strip()}")


threads = [threading.Thread(target=send) for _ in range(asked.n)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("\n".join(sorted(set(answers))) if asked.n > 1 else answers[0])
