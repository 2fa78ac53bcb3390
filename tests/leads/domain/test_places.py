"""Where an address or a landline is."""

import csv
import os
from pathlib import Path

import pytest

from services.leads.domain import places

DATA = os.environ.get("SHANGJI_DATA")


@pytest.mark.parametrize(
    ("address", "province"),
    [
        pytest.param("江苏省苏州市工业园区星湖街328号", "江苏", id="province"),
        pytest.param("苏州市工业园区", "江苏", id="city"),
        pytest.param("中国上海市浦东新区", "上海", id="country first"),
        pytest.param("吉林省长春市", "吉林", id="province named like a city"),
        pytest.param("南京西路1266号", "", id="a street"),
        pytest.param("浦东新区南京东路", "", id="a street further on"),
        pytest.param("", "", id="blank"),
    ],
)
def test_an_address_tells_its_province(address: str, province: str):
    assert places.province_in(address) == province


@pytest.mark.parametrize(
    ("number", "province"),
    [
        pytest.param("+861062345678", "北京", id="two digits"),
        pytest.param("+8651262881234;ext=12", "江苏", id="three digits, with an extension"),
        pytest.param("+8628123456789", "", id="too long"),
        pytest.param("+8613800138000", "", id="mobile"),
        pytest.param("+864008208820", "", id="400"),
        pytest.param("+4930123456", "", id="elsewhere"),
    ],
)
def test_a_landline_tells_its_province(number: str, province: str):
    assert places.province_of_landline(number) == province


@pytest.mark.parametrize(
    ("region", "short"),
    [("江苏省", "江苏"), ("上海市", "上海"), ("广西壮族自治区", "广西"), ("华东", "华东")],
)
def test_a_province_is_known_by_its_short_name(region: str, short: str):
    assert places.short(region) == short


@pytest.mark.skipif(DATA is None, reason="SHANGJI_DATA names no folder")
def test_every_city_in_the_table_is_in_its_province():
    folder = Path(DATA or "") / "cn_divisions"
    provinces = {row["code"]: places.short(row["name"]) for row in _rows(folder / "provinces.csv")}
    official = {
        row["name"].removesuffix("市"): provinces[row["provinceCode"]]
        for row in _rows(folder / "cities.csv")
    }

    wrong = {
        city: province
        for city in places.PLACES
        if (province := official.get(city)) and places.province_in(city) != province
    }

    assert wrong == {}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))
