#!/usr/bin/env python3
"""A browser with a person who agrees to everything: `person.py URL`, with the proxy and the certificates of the environment."""
import os, ssl, sys, urllib.request

proxy = os.environ.get("HTTPS_PROXY")
handlers = [
    urllib.request.ProxyHandler({"https": proxy} if proxy else {}),
    urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=os.environ.get("SSL_CERT_FILE"))),
]
urllib.request.build_opener(*handlers).open(sys.argv[1], timeout=20).read()
