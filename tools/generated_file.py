# SPDX-License-Identifier: Apache-2.0
"""Writing what the generators make."""


def write_if_changed(path, text):
    """Writes text to path, unless that is what stands there: a file that did not change is not compiled again."""
    try:
        with open(path, encoding="utf-8") as f:
            if f.read() == text:
                return
    except FileNotFoundError:
        pass
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
