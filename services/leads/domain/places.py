"""Provinces and larger cities of China as they stand before company names, without 省 and 市."""

_PROVINCES = """
    北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州
    云南 陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆 香港 澳门
"""
_CITIES = """
    石家庄 唐山 保定 邯郸 秦皇岛 廊坊 沧州 太原 大同 呼和浩特 包头 鄂尔多斯 沈阳 大连 鞍山 长春 吉林市 哈尔滨 大庆
    南京 苏州 无锡 常州 南通 徐州 扬州 镇江 泰州 盐城 连云港 淮安 昆山 杭州 宁波 温州 嘉兴 绍兴 金华 义乌 台州 湖州
    合肥 芜湖 马鞍山 蚌埠 福州 厦门 泉州 漳州 莆田 南昌 赣州 九江 济南 青岛 烟台 潍坊 淄博 临沂 威海 济宁 郑州 洛阳
    开封 新乡 武汉 宜昌 襄阳 长沙 株洲 湘潭 衡阳 广州 深圳 东莞 佛山 珠海 中山 惠州 汕头 江门 湛江 南宁 柳州 桂林
    海口 三亚 成都 绵阳 德阳 宜宾 贵阳 遵义 昆明 拉萨 西安 咸阳 宝鸡 兰州 西宁 银川 乌鲁木齐
"""

PLACES: tuple[str, ...] = tuple(
    sorted({*_PROVINCES.split(), *_CITIES.split()}, key=lambda name: (-len(name), name))
)
"""Longest first, so that 吉林市 is not read as 吉林."""
