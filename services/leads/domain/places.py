"""Places of China: where a company name, an address or a landline number says it is from."""

import re
from collections.abc import Mapping

_CITIES_OF = """
    北京 / 天津 / 上海 / 重庆
    河北 石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水
    山西 太原 大同 阳泉 长治 晋城 晋中 运城 临汾
    内蒙古 呼和浩特 包头 赤峰 鄂尔多斯 呼伦贝尔
    辽宁 沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 盘锦 葫芦岛
    吉林 长春 吉林市 四平 延边
    黑龙江 哈尔滨 齐齐哈尔 大庆 牡丹江 佳木斯
    江苏 南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁 昆山 江阴 张家港 常熟
    浙江 杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水 义乌 慈溪
    安徽 合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 宣城
    福建 福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德 晋江
    江西 南昌 景德镇 九江 赣州 吉安 宜春 上饶
    山东 济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 临沂 德州 聊城 滨州 菏泽
    河南 郑州 开封 洛阳 平顶山 安阳 新乡 焦作 许昌 南阳 商丘 信阳 周口 驻马店
    湖北 武汉 黄石 十堰 宜昌 襄阳 荆门 孝感 荆州 黄冈 咸宁
    湖南 长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 郴州 永州 怀化 娄底
    广东 广州 韶关 深圳 珠海 汕头 佛山 江门 湛江 茂名 肇庆 惠州 梅州 清远 东莞 中山 揭阳
    广西 南宁 柳州 桂林 梧州 北海 玉林
    海南 海口 三亚
    四川 成都 自贡 攀枝花 泸州 德阳 绵阳 乐山 南充 宜宾 达州
    贵州 贵阳 六盘水 遵义
    云南 昆明 曲靖 玉溪 大理
    西藏 拉萨
    陕西 西安 宝鸡 咸阳 渭南 延安 汉中 榆林
    甘肃 兰州 嘉峪关 天水 酒泉
    青海 西宁
    宁夏 银川
    新疆 乌鲁木齐 克拉玛依
    台湾 台北 高雄 / 香港 / 澳门
"""
_AREA_CODES = """
    北京 10 / 上海 21 / 天津 22 / 重庆 23
    河北 310-319 335 / 山西 349-359 / 内蒙古 470-483
    辽宁 24 410-429 / 吉林 431-440 / 黑龙江 450-469
    江苏 25 510-519 523 527 / 浙江 570-580 / 安徽 550-566 / 福建 591-599 / 江西 701 790-799
    山东 530-539 543 546 631-635
    河南 370-379 391-398 / 湖北 27 710-719 722 724 728 / 湖南 730-739 743-746
    广东 20 660 662 663 668 750-769 / 广西 770-779 / 海南 898
    四川 28 812-818 825-827 830-839 / 贵州 851-859 / 云南 691 692 870-888 / 西藏 891-897
    陕西 29 910-919 / 甘肃 930-943 / 青海 970-979 / 宁夏 951-955 / 新疆 901-909 990-999
"""


def _rows(text: str) -> list[list[str]]:
    return [row.split() for line in text.strip().splitlines() for row in line.split("/")]


_PROVINCE_OF: Mapping[str, str] = {
    place: province for province, *cities in _rows(_CITIES_OF) for place in (province, *cities)
}
PLACES: tuple[str, ...] = tuple(sorted(_PROVINCE_OF, key=lambda name: (-len(name), name)))
"""Provinces and larger cities without 省 and 市; longest first: 吉林市 is not read as 吉林."""


def _codes() -> dict[str, str]:
    found: dict[str, str] = {}
    for province, *spans in _rows(_AREA_CODES):
        for span in spans:
            first, _, last = span.partition("-")
            found |= {str(code): province for code in range(int(first), int(last or first) + 1)}
    return found


_PROVINCE_BY_CODE = _codes()
_ANY_PLACE = re.compile(
    rf"(?:{'|'.join(PLACES)})(?![东西南北中]?[一二三]?(?:路|街|道|大道|大街|大厦|广场))"
)
"""南京西路 is a street in Shanghai."""
_LONGEST_BEFORE_A_PLACE = 3
"""Something short may stand before the place in an address: 中国, a bracket."""
_AREA_CODE = re.compile(r"\+86(10|2\d|[3-9]\d\d)\d{7,8}(?:;|$)")


def province_in(address: str) -> str:
    """The province that an address begins with, or whose city it begins with; blank if none."""
    found = _ANY_PLACE.search(address)
    if found is None or found.start() > _LONGEST_BEFORE_A_PLACE:
        return ""
    return _PROVINCE_OF[found[0]]


def province_of_landline(number: str) -> str:
    """The province whose area code an E.164 number carries; blank if it is none of China's."""
    found = _AREA_CODE.match(number)
    return _PROVINCE_BY_CODE.get(found[1], "") if found else ""


def short(region: str) -> str:
    """江苏省 and 江苏 are one: the name without 省, 市 or 自治区 where it is a place known here."""
    bare = re.sub(r"(?:特别行政区|(?:壮族|回族|维吾尔)?自治区|省|市)$", "", region)
    return bare if bare in _PROVINCE_OF else region
