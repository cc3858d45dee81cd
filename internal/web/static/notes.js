// What is typed in notes is saved a moment after the last key. Until the server has said that it is
// saved, it stands in this tab's own storage: a lost network, an ended session or a reload takes
// nothing. Without this script the page is forms with buttons.
const add = document.getElementById("add");
const quiet = 1500, soonest = 2000, latest = 30000; // milliseconds
const me = add.elements.as.value, minutes = add.action.split("/").at(-2);
const notes = document.querySelector(".crumb a").href + "/notes"; // a refused form is shown at another address
const mine = `notes:${me}:${minutes}:`;
const fields = new Map();
const bar = document.getElementById("saved"), kept = document.getElementById("kept");
const say = name => document.getElementById("say-" + name);
const idOf = element => element.id.slice(2); // a-…, p-… and the like

// A field is what is saved as one: what stands under a heading, or an item's form. Each has the state
// that the server is known to have, and what is on its way.
class Field {
  constructor(name) {
    this.name = name;
    this.saved = this.state();
    this.pause = soonest;
  }
  get dirty() { return this.sent || (this.state() !== this.saved && !this.empty()); }

  remember() {
    if (over) return;
    try {
      if (!this.dirty) return sessionStorage.removeItem(mine + this.name);
      sessionStorage.setItem(mine + this.name, JSON.stringify({state: this.state(), sent: this.sent, pressed: this.pressed, ...this.marks()}));
    } catch { // a browser that keeps nothing: the server still does
    }
  }
  typed() {
    this.touched = true;
    this.remember();
    this.later(quiet);
  }
  later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), pause);
  }

  // save sends what stands now. What was sent before and not answered is sent again first, as it was:
  // the server then knows it for the same.
  save(leaving) {
    clearTimeout(this.timer);
    if (this.busy && !leaving) return this.busy.then(() => this.save());
    if (over || !this.dirty || this.both || (!this.sent && this.state() === this.refused)) return Promise.resolve();
    this.sent ||= {state: this.state(), stamp: this.stamp};
    this.remember();
    this.busy = this.send(leaving).finally(() => { this.busy = null; this.remember(); });
    return this.busy;
  }
  async send(leaving) {
    const sent = this.sent;
    let answer, told = {};
    try {
      answer = await fetch(this.address, {method: "POST", body: this.body(sent), headers: {Accept: "application/json"}, keepalive: !!leaving});
      if (answer.headers.get("Content-Type")?.startsWith("application/json")) told = await answer.json();
    } catch {
      answer = {status: 0};
    }
    this.answered(answer.status, told, sent);
  }
  answered(status, told, sent) {
    this.trouble = null;
    if (status === 200) {
      this.stamp = told.stamp;
      this.saved = sent.state;
      this.sent = this.refused = null;
      this.pause = soonest;
      if (this.dirty) this.later(quiet);
      return news(told.say);
    }
    if (status === 409) {
      this.sent = null;
      this.trouble = told.say;
      this.choose(told);
    } else if (status === 422) {
      this.refused = sent.state;
      this.sent = null;
      this.trouble = told.say;
    } else {
      this.trouble = {401: say("out"), 403: told.say, 404: say("gone"), 0: say("offline")}[status] || say("wait");
      this.later(this.pause);
      this.pause = Math.min(2 * this.pause, latest);
    }
    news();
  }

  // choose puts both texts side by side. Nothing more is sent until one of them is chosen.
  choose(told) {
    this.both?.remove();
    const column = (title, small, text) => {
      const words = make("pre", text);
      words.className = "letter";
      const all = make("div", make("h3", title), ...(small ? [make("p", make("small", small))] : []), words);
      return all;
    };
    const button = (name, act) => {
      const b = make("button", say(name).textContent);
      b.type = "button";
      b.className = "btn two small";
      b.addEventListener("click", () => { this.both.remove(); this.both = this.trouble = null; act(); });
      return b;
    };
    const columns = make("div", column(say("theirs").textContent, told.saved, told.theirs || ""), column(say("mine").textContent, "", this.text().value));
    const acts = make("div",
      button("keep-mine", () => { this.stamp = told.stamp; this.save(); }),
      button("keep-theirs", () => this.drop()),
      button("join", () => { this.stamp = told.stamp; this.text().value = (told.theirs || "") + "\n\n" + this.text().value; this.text().focus(); this.typed(); news(); }));
    columns.className = "both";
    acts.className = "acts";
    this.both = make("div", make("p", told.say), columns, acts);
    this.both.className = "note warn";
    this.both.setAttribute("role", "alert");
    this.text().closest(".field").after(this.both);
  }
}

// Under is what stands under a heading. Its key is the server's way to know it again.
class Under extends Field {
  constructor(heading) {
    super(heading);
    this.address = add.action;
  }
  get inputs() { return [...add.elements].filter(e => e.name.endsWith("-" + this.name) && !/^(key|stamp)-/.test(e.name)); }
  get key() { return this.input("key").value; }
  get stamp() { return this.input("stamp").value; }
  set stamp(stamp) { this.input("stamp").value = stamp; }
  input(name) { return add.elements[name + "-" + this.name]; }
  text() { return this.input("text"); }
  state() { return written(this.inputs); }
  empty() { return !this.stamp && !this.text().value.trim(); }
  marks() { return {key: this.key, stamp: this.stamp}; }
  body(sent) {
    const body = new URLSearchParams(sent.state);
    body.set("agendaItemId", this.name);
    body.set("as", me);
    body.set("key-" + this.name, this.key);
    body.set("stamp-" + this.name, sent.stamp);
    return body;
  }
  restore(entry) {
    this.input("key").value = entry.key;
    this.stamp = entry.stamp;
    fill(this.inputs, entry.state);
    for (const item of document.querySelectorAll(".k-" + entry.key)) item.hidden = true; // it stands in the field
  }

  // settle shows what was typed as the items that it has become, and empties the field.
  async settle() {
    await this.save();
    if (this.dirty || this.empty()) return;
    const page = await fresh();
    if (!page || this.dirty) return;
    still(() => {
      for (const item of page.querySelectorAll(`#i-${this.name} > .item`)) {
        const old = document.getElementById(item.id);
        if (!old) document.getElementById("i-" + this.name).append(item);
        else if (old.hidden) old.replaceWith(item);
      }
      this.clear(page);
    });
  }
  clear(page) {
    for (const e of this.inputs) {
      if (e.type === "radio" || e.type === "checkbox") e.checked = e.value === "note";
      else e.value = "";
    }
    this.input("key").value = page.querySelector(`[name="key-${this.name}"]`).value;
    this.stamp = "";
    this.saved = this.state();
    this.sent = this.refused = this.pressed = null;
    this.remember();
  }
  async drop() {
    const page = await fresh();
    if (!page) return;
    for (const item of document.querySelectorAll(".k-" + this.key)) item.remove();
    for (const item of page.querySelectorAll(`#i-${this.name} > .item`)) if (!document.getElementById(item.id)) document.getElementById("i-" + this.name).append(item);
    this.clear(page);
    news();
  }
}

// Item is the form of an item that stands in the notes.
class Item extends Field {
  constructor(form) {
    super("p-" + idOf(form.closest(".item")));
    this.address = form.action;
  }
  get form() { return document.getElementById(this.name).querySelector("form.change"); }
  get inputs() { return [...this.form.elements].filter(e => e.name && e.name !== "version"); }
  get stamp() { return this.form.elements.version.value; }
  set stamp(stamp) { for (const e of document.getElementById(this.name).querySelectorAll("[name=version]")) e.value = stamp; }
  text() { return this.form.elements.text; }
  state() { return written(this.inputs); }
  empty() { return false; }
  marks() { return {stamp: this.stamp, under: idOf(this.form.closest("[id^='i-']"))}; }
  body(sent) {
    const body = new URLSearchParams(sent.state);
    body.set("as", me);
    body.set("version", sent.stamp);
    return body;
  }
  restore(entry) {
    this.stamp = entry.stamp;
    fill(this.inputs, entry.state);
    this.form.closest("details").open = true;
  }
  async settle() {
    if (!this.touched) return;
    await this.save();
    const page = this.dirty ? null : await fresh();
    const shown = page?.querySelector(`#${this.name} > .shown`);
    if (!shown) return;
    this.touched = false;
    still(() => document.querySelector(`#${this.name} > .shown`).replaceWith(shown));
  }
  async drop() {
    const page = await fresh();
    const item = page?.getElementById(this.name);
    if (!item) return;
    document.getElementById(this.name).replaceWith(item);
    this.saved = this.state();
    this.sent = this.refused = null;
    this.remember();
    news();
  }
}

let over = false; // signed out: nothing is kept any more

// still changes the page and leaves what one writes in where it is in the window.
function still(change) {
  const here = document.activeElement, top = here.getBoundingClientRect().top;
  change();
  scrollBy({top: here.getBoundingClientRect().top - top, behavior: "instant"});
  if (here !== document.body) here.scrollIntoView({block: "nearest", behavior: "instant"}); // the browser may have been on its way there
}

function make(name, ...parts) {
  const e = document.createElement(name);
  e.append(...parts);
  return e;
}

// written is what stands in inputs, as a form would send it.
function written(inputs) {
  return new URLSearchParams(inputs.filter(e => e.type !== "radio" && e.type !== "checkbox" || e.checked).map(e => [e.name, e.value])).toString();
}

function fill(inputs, state) {
  const values = new URLSearchParams(state);
  for (const e of inputs) {
    if (e.type === "radio" || e.type === "checkbox") e.checked = values.getAll(e.name).includes(e.value);
    else e.value = values.get(e.name) ?? "";
  }
}

// fresh is the page as it is on the server now, or nothing when it cannot be had.
async function fresh() {
  try {
    const answer = await fetch(notes);
    if (!answer.ok || answer.redirected) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return null;
  }
}

// news says in the bar what is wrong, and when nothing is, when it was saved.
function news(saved) {
  if (saved) news.last = saved;
  const wrong = [...fields.values()].find(f => f.trouble && f.dirty)?.trouble;
  const words = wrong ? (wrong.cloneNode ? wrong.cloneNode(true).childNodes : [wrong]) : [news.last || ""];
  const after = make("span", ...words);
  bar.classList.toggle("wrong", !!wrong);
  if (after.textContent !== bar.textContent) bar.replaceChildren(...after.childNodes);
  if (![...fields.values()].some(f => f.dirty)) kept.replaceChildren();
}

function fieldOf(element) {
  const form = element?.closest?.("form.change");
  const name = form ? "p-" + idOf(form.closest(".item")) : element?.form === add && /-(.{36})$/.exec(element.name)?.[1];
  if (!name) return null;
  if (!fields.has(name)) fields.set(name, form ? new Item(form) : new Under(name));
  return fields.get(name);
}

const all = () => Promise.all([...fields.values()].map(f => f.save()));
const unsaved = () => [...fields.values()].filter(f => f.dirty);

for (const kind of ["input", "change"]) document.addEventListener(kind, e => fieldOf(e.target)?.typed());

// What stands in a field before the first key is what is saved. What was typed becomes items when one
// goes on to write elsewhere, and what is written there stays where it is in the window. A press on a
// button moves nothing: it would miss.
document.addEventListener("focusin", e => {
  const here = fieldOf(e.target);
  if (!e.target.matches("textarea, input:not([type=radio], [type=checkbox])")) return;
  for (const f of fields.values()) if (f !== here) f.settle();
});

document.addEventListener("keydown", e => {
  if (e.key?.toLowerCase() !== "s" || !(e.ctrlKey || e.metaKey) || e.altKey) return;
  e.preventDefault();
  all();
});

document.addEventListener("submit", async e => {
  if (new URL(e.target.action).pathname === "/signout") {
    over = true;
    for (const key of Object.keys(sessionStorage)) if (key.startsWith("notes:")) sessionStorage.removeItem(key);
    return;
  }
  const texts = [...add.elements].filter(i => i.name.startsWith("text-"));
  if (e.target !== add || !texts.some(i => i.value.trim())) return; // the page says that nothing is written
  e.preventDefault();
  const under = texts.map(fieldOf);
  for (const f of under) {
    f.refused = null;
    if (f.state() !== f.saved && !f.empty()) f.pressed = true;
    await f.settle();
  }
  if (under.some(f => f.refused)) add.submit(); // the page says at each field what is wrong with it
});

// The review shows what is saved: it waits for the last words.
document.addEventListener("click", async e => {
  const link = e.target.closest?.("a.finish");
  if (!link || unsaved().length === 0) return;
  e.preventDefault();
  await all();
  if (unsaved().length === 0) location.assign(link.href);
});

addEventListener("pagehide", () => unsaved().forEach(f => { f.remember(); f.save(true); }));
addEventListener("online", () => all());
addEventListener("focus", () => all());

// What this tab still holds is put back where it was typed; what has no place any more goes last under
// the heading where it stood.
const lost = [];
for (const key of Object.keys(sessionStorage).filter(k => k.startsWith(mine))) {
  const entry = JSON.parse(sessionStorage.getItem(key)), name = key.slice(mine.length);
  const form = document.getElementById(name)?.querySelector("form.change");
  const field = fieldOf(form?.elements.text || add.elements["text-" + name]);
  if (!field) {
    const state = new URLSearchParams(entry.state);
    lost.push({key, under: entry.under, text: state.get("text") ?? state.get("text-" + name) ?? ""});
    continue;
  }
  field.saved = null;
  field.restore(entry);
  field.sent = entry.sent;
  if (entry.pressed) field.settle();
  else field.later(quiet);
}
for (const {key, under, text} of lost) {
  const field = fieldOf(add.elements["text-" + under] || [...add.elements].find(e => e.name.startsWith("text-")));
  if (!field) continue;
  field.text().value += (field.text().value && "\n\n") + text;
  sessionStorage.removeItem(key);
  field.typed();
}
if (unsaved().some(f => !f.pressed)) {
  const button = make("button", say("save").textContent);
  button.type = "button";
  button.className = "btn two small";
  button.addEventListener("click", all);
  const note = make("div", make("p", say("kept").textContent + " ", button));
  note.className = "note warn";
  kept.append(note);
}
