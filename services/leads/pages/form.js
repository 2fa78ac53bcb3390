// The form of one channel, on a page of ours or of somebody else's. No dependencies, no build step.
// What is typed stays in the browser until the server has it: a failed network loses nothing, and what
// is sent again is the very same, byte for byte, so that it counts once.
(() => {
  "use strict";
  const CHANNEL = /*CHANNEL*/ null;
  const HOME = document.currentScript.src.replace(/\/form\.js.*$/, "");
  const STORE = "shangji:" + HOME;
  const PLACE = document.querySelector(`[data-shangji-form="${CHANNEL.key}"]`);
  const CLICKS = ["gclid", "fbclid", "msclkid", "li_fat_id", "ttclid", "bd_vid", "qz_gdt", "gdt_vid", "clickid"];
  const UTM = ["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"];
  const WORDS = {
    zh: {
      name: "姓名", phone: "电话", mail: "邮箱", company_name: "公司", region: "地区", industry: "行业",
      notes: "留言", source: "来源", origin: "渠道", campaign: "活动", send: "提交", optional: "（选填）",
      waiting: "网络不通，内容已保存在本机，恢复后会自动提交。", wrong: "请检查标出的内容。",
      unreadable: "这里填写有误", refused: "暂时无法提交，请稍后再试。", sending: "正在提交…",
    },
    en: {
      name: "Name", phone: "Phone", mail: "Email", company_name: "Company", region: "Region",
      industry: "Industry", notes: "Message", source: "Source", origin: "Origin", campaign: "Campaign",
      send: "Send", optional: " (optional)",
      waiting: "No connection. What you typed is kept here and will be sent when it is back.",
      wrong: "Please check what is marked.", unreadable: "This does not look right",
      refused: "This cannot be sent at the moment; please try again later.", sending: "Sending…",
    },
  };
  const wanted = PLACE.dataset.lang || new URLSearchParams(location.search).get("lang") || CHANNEL.language;
  const LANG = wanted.startsWith("en") ? "en" : "zh";
  const say = (word) => WORDS[LANG][word] || word;
  const began = Date.now();

  // A browser that keeps nothing still sends: the draft then lives as long as the page.
  const memory = {};
  const kept = {
    read(name) {
      try { return JSON.parse(localStorage.getItem(`${STORE}:${name}`)); } catch { return memory[name] ?? null; }
    },
    write(name, value) {
      memory[name] = value;
      try {
        if (value === null) localStorage.removeItem(`${STORE}:${name}`);
        else localStorage.setItem(`${STORE}:${name}`, JSON.stringify(value));
      } catch { /* private mode, or full */ }
    },
  };

  const trail = () => {
    const asked = new URLSearchParams(location.search);
    const found = {};
    for (const name of UTM) if (asked.get(name)) found[name] = asked.get(name).slice(0, 200);
    const click = CLICKS.find((name) => asked.get(name));
    if (click) { found.click = click; found.click_id = asked.get(click).slice(0, 2000); }
    if (Object.keys(found).length === 0 && kept.read("trail")) return kept.read("trail");
    found.landing_page = location.href.slice(0, 2000);
    if (document.referrer) found.referrer = document.referrer.slice(0, 2000);
    kept.write("trail", found);
    return found;
  };

  const make = (tag, settings = {}, ...inside) => {
    const made = Object.assign(document.createElement(tag), settings);
    made.append(...inside);
    return made;
  };

  const control = (field) => {
    const name = field.name;
    if (field.options) {
      const choices = field.options.map((value) => make("option", { value, textContent: value }));
      return make("select", { name }, make("option", { value: "", textContent: "" }), ...choices);
    }
    if (name === "notes") return make("textarea", { name, rows: 4, maxLength: 5000 });
    const type = { phone: "tel", mail: "email" }[name] || (field.type === "boolean" ? "checkbox" : "text");
    const autocomplete = { name: "name", phone: "tel", mail: "email", company_name: "organization" }[name] || "off";
    return make("input", { name, type, autocomplete, maxLength: 200 });
  };

  const row = (field) => {
    const title = field.title ? field.title[LANG] || field.title.zh : say(field.name);
    const label = make("label", { className: "shangji-row" });
    label.append(make("span", { textContent: title + (field.is_required ? "" : say("optional")) }), control(field));
    label.append(make("em", { className: "shangji-error", hidden: true }));
    label.dataset.field = field.name;
    return label;
  };

  const form = make("form", { className: "shangji-form", noValidate: true });
  const status = make("p", { className: "shangji-status", hidden: true });
  status.setAttribute("role", "status");
  const button = make("button", { type: "submit", textContent: say("send") });

  const build = () => {
    form.append(make("h2", { textContent: CHANNEL.heading[LANG] || CHANNEL.heading.zh }));
    form.append(...CHANNEL.fields.map(row));
    const trap = make("input", { name: CHANNEL.trap, tabIndex: -1, autocomplete: "off" });
    trap.setAttribute("aria-hidden", "true");
    trap.style.cssText = "position:absolute;left:-9999px;width:1px;height:1px;opacity:0";
    form.append(trap);
    if (CHANNEL.consent) {
      const box = make("input", { type: "checkbox", name: "consent" });
      const text = CHANNEL.consent[LANG] || CHANNEL.consent.zh || CHANNEL.consent.en;
      const label = make("label", { className: "shangji-consent" }, box, make("span", { textContent: text }));
      label.append(make("em", { className: "shangji-error", hidden: true }));
      label.dataset.field = "consent";
      form.append(label);
    }
    form.append(button, status);
    PLACE.replaceChildren(form);
  };

  const typed = () => {
    const values = {};
    for (const each of form.elements) {
      if (each.name) values[each.name] = each.type === "checkbox" ? each.checked : each.value;
    }
    return values;
  };

  const restore = () => {
    const draft = kept.read("draft") || {};
    for (const each of form.elements) {
      if (!(each.name in draft)) continue;
      if (each.type === "checkbox") each.checked = draft[each.name];
      else each.value = draft[each.name];
    }
  };

  const submission = () => {
    const values = typed();
    const said = { submission_key: key(), elapsed_seconds: Math.round((Date.now() - began) / 100) / 10 };
    said[CHANNEL.trap] = values[CHANNEL.trap];
    for (const field of CHANNEL.fields) {
      const value = values[field.name];
      if (value === "" || value === undefined) continue;
      if (!field.is_custom) said[field.name] = value;
      else (said.attributes ||= {})[field.name] = ["number", "integer"].includes(field.type) && value.trim() && !isNaN(value) ? Number(value) : value;
    }
    if (CHANNEL.consent) { said.consent = values.consent === true; said.consent_version = CHANNEL.version; }
    if (CHANNEL.campaign) said.campaign = CHANNEL.campaign;
    said.trail = trail();
    return JSON.stringify(said);
  };

  const key = () => {
    if (crypto.randomUUID) return crypto.randomUUID();
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  };

  const tell = (text) => { status.textContent = text; status.hidden = !text; };

  const mark = (errors) => {
    for (const place of form.querySelectorAll("[data-field]")) {
      const pointer = `/${place.dataset.field}`;
      const error = errors.find((one) => one.pointer === pointer || one.pointer === `/attributes${pointer}`);
      const note = place.querySelector("em");
      note.hidden = !error;
      note.textContent = error ? say("unreadable") : "";
      place.classList.toggle("shangji-wrong", Boolean(error));
    }
  };

  const done = () => {
    kept.write("pending", null);
    kept.write("draft", null);
    PLACE.replaceChildren(make("p", { className: "shangji-thanks", textContent: CHANNEL.thanks[LANG] || CHANNEL.thanks.zh }));
  };

  let pause = 2000;
  let timer = 0;
  const later = (seconds) => {
    tell(say("waiting"));
    clearTimeout(timer);
    timer = setTimeout(deliver, seconds ? seconds * 1000 : pause);
    pause = Math.min(pause * 2, 60000);
  };

  const deliver = async () => {
    const body = kept.read("pending");
    if (body === null) return;
    button.disabled = true;
    tell(say("sending"));
    let answer;
    try {
      answer = await fetch(`${HOME}/submissions`, {
        method: "POST", body, headers: { "Content-Type": "application/json" }, credentials: "omit",
      });
    } catch {
      return later(0);
    }
    if (answer.ok) return done();
    if (answer.status === 429 || answer.status >= 500) return later(Number(answer.headers.get("Retry-After")));
    kept.write("pending", null);
    button.disabled = false;
    const problem = await answer.json().catch(() => ({}));
    mark(problem.errors || []);
    tell(say((problem.errors || []).length ? "wrong" : "refused"));
  };

  build();
  restore();
  trail();
  form.addEventListener("input", () => kept.write("draft", typed()));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    mark([]);
    pause = 2000;
    kept.write("draft", typed());
    kept.write("pending", submission());
    deliver();
  });
  window.addEventListener("online", deliver);
  deliver();
})();
