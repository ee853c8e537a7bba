"""QR pictures read by zbar, pages by poppler: nothing of ours is in between."""
import pathlib
import subprocess
import tempfile

from PIL import Image
from pyzbar import pyzbar


def texts(picture):
    """The texts of all QR symbols in a picture."""
    with Image.open(picture) as image:
        found = pyzbar.decode(image.convert("L"), symbols=[pyzbar.ZBarSymbol.QRCODE])
    return [symbol.data.decode() for symbol in found]


def lines(folder):
    """The texts of all frames in a folder, one symbol in each picture."""
    read = []
    for picture in sorted(pathlib.Path(folder).glob("*.png")):
        found = texts(picture)
        if len(found) != 1:
            raise SystemExit(f"{picture}: zbar reads {len(found)} symbols, not 1")
        read += found
    return read


def page_text(pdf):
    """The text of a PDF, as a person would type it off the page."""
    return subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True).stdout


def page_symbols(pdf):
    """The texts of the QR symbols on each page of a PDF, as a camera would see them."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["pdftoppm", "-png", "-r", "200", str(pdf), f"{folder}/page"], check=True,
            capture_output=True)
        return [texts(page) for page in sorted(pathlib.Path(folder).glob("*.png"))]
