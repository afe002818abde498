// The article viewer, what the chat's links do, and which conversation a tab keeps. Everything that comes from an article reaches the
// page as a text node.
"use strict";

const WHERE = /^#src=(.+):(\d+)-(\d+)(?:@([0-9a-f]{8,64}))?$/; // @: the beginning of the content hash that was cited
const ROOM_ABOVE = 16; // pixels above the question that was just asked
const narrow = matchMedia("(max-width: 899px)");
const part = (name) => document.getElementById(`viewer-${name}`);
let opener = null;
let shown = null;

function parsed(hash) {
  const found = WHERE.exec(hash);
  if (!found) return null;
  try {
    return { id: decodeURIComponent(found[1]), start: Number(found[2]), end: Number(found[3]), version: found[4], hash };
  } catch {
    return null;
  }
}

// What the server answers; the browsers' own words for none, such as "Failed to fetch", say nothing to a reader.
async function serverSays(path, options) {
  try {
    const response = await fetch(path, { headers: { Accept: "application/json" }, ...options });
    return { ok: response.ok, status: response.status, body: await response.json() };
  } catch {
    throw new Error("The server does not answer. Try again when it does.");
  }
}

// Asked for every time: it may have been changed or removed since, from here or elsewhere.
async function article(id, version) {
  const path = `/v1/articles/${encodeURIComponent(id)}${version ? `?version=${version}` : ""}`;
  const { ok, status, body } = await serverSays(path);
  if (!ok) throw new Error(status === 404 ? "missing" : body.error.message);
  return { ...body, points: Array.from(body.text) };
}

// The article as the link means it, and what is to be said about how it changed since.
async function meant(place) {
  const one = await article(place.id);
  const is = (version) => version.content_hash.startsWith(`sha256:${place.version}`);
  if (place.version && !is(one)) {
    const then = one.versions.filter(is).pop();
    const since = `This article changed since${then ? `, on ${dated(then.replaced_at)}` : ""}.`;
    if (then && then.kept) return [await article(place.id, place.version), `${since} You read the words that were cited.`];
    return [{ ...one, moved: true }, `${since} The words that were cited are not kept.`];
  }
  const before = one.versions.filter((version) => version.kept).pop();
  if (place.version || !before || place.start >= place.end) return [one, ""];
  const words = slice(await article(place.id, before.content_hash), place.start, place.end);
  if (!words || words === slice(one, place.start, place.end)) return [one, ""];
  return [one, `This article changed since ${dated(before.replaced_at)}. A link of before then means: “${words}”`];
}

function element(name, text, style) {
  const made = document.createElement(name);
  if (text) made.append(text);
  if (style) made.className = style;
  return made;
}

const slice = (one, start, end) => one.points.slice(start, end).join("");

// One <p> a line of the text; the words from start to end are in <mark>, one for each line that they touch.
function paragraphs(one, start, end) {
  const made = [];
  let at = 0;
  for (const line of one.text.split("\n")) {
    const stop = at + Array.from(line).length;
    if (line.trim()) {
      const cut = (index) => Math.min(Math.max(index, at), stop);
      const paragraph = element("p");
      paragraph.dir = "auto";
      paragraph.append(slice(one, at, cut(start)));
      if (cut(start) < cut(end)) paragraph.append(element("mark", slice(one, cut(start), cut(end))));
      paragraph.append(slice(one, cut(end), stop));
      made.push(paragraph);
    }
    at = stop + 1;
  }
  return made;
}

function dated(iso) {
  if (!iso) return "undated";
  const date = new Date(iso.slice(0, 10));
  return Number.isNaN(date.valueOf()) ? iso : date.toLocaleDateString("en-GB", { dateStyle: "long", timeZone: "UTC" });
}

function say(text) {
  part("said").textContent = text;
}

function fill(one, place, changed) {
  const there = !one.moved && place.start < place.end && place.end <= one.points.length;
  notice(changed, one.content_hash.startsWith(`sha256:${place.version}`));
  part("about").textContent = [one.source || "Outlet unknown", dated(one.published_at)].join(" · ");
  part("title").textContent = one.title;
  part("text").replaceChildren(...paragraphs(one, there ? place.start : 0, there ? place.end : 0));
  const isWeb = /^https?:\/\//i.test(one.url || "");
  part("original").hidden = !isWeb;
  if (isWeb) part("original").href = one.url;
  else part("original").removeAttribute("href");
  part("copy").hidden = !there;
  part("copy").onclick = () => copy(citation(one, place), () => flash(part("copy"))); // of what is on the screen, not asked anew
  const isWhole = place.start === 0 && place.end === 0;
  say(there || isWhole || changed ? "" : "The words that this link means are not there; the article may have changed since.");
}

function notice(words, isOld) {
  const told = part("changed");
  told.hidden = !words;
  told.firstElementChild.textContent = words;
  told.lastElementChild.hidden = !isOld;
}

function refuse(title, text) {
  notice("", false);
  part("about").textContent = "";
  part("title").textContent = title;
  part("text").replaceChildren(element("p", text));
  part("original").hidden = true;
  part("copy").hidden = true;
  say("");
}

function scrollToMark() {
  const reader = part("reader");
  const mark = reader.querySelector("mark");
  reader.scrollTop = 0;
  if (mark) reader.scrollTop = mark.getBoundingClientRect().top - reader.getBoundingClientRect().top - reader.clientHeight / 3;
}

function setModal(open) {
  const viewer = document.getElementById("viewer");
  const modal = open && narrow.matches;
  viewer.setAttribute("role", modal ? "dialog" : "complementary");
  viewer.toggleAttribute("aria-modal", modal);
  if (modal) viewer.setAttribute("aria-modal", "true");
  for (const behind of document.querySelectorAll("#library, #masthead")) behind.inert = modal;
  document.querySelector("gradio-app").inert = modal || document.body.classList.contains("library");
}

function setOpen(open) {
  document.getElementById("viewer").hidden = !open;
  document.body.classList.toggle("reading", open);
  setModal(open);
  for (const link of document.querySelectorAll("a.cite, a.foot")) {
    link.classList.toggle("open", open && link.getAttribute("href") === location.hash);
  }
}

async function open(place) {
  shown = place;
  setOpen(true);
  try {
    if (!place) throw new Error("damaged");
    const [one, changed] = await meant(place);
    if (shown !== place) return;
    fill(one, place, changed);
    scrollToMark();
  } catch (error) {
    if (shown !== place) return;
    if (error.message === "damaged") refuse("This link is damaged", "It does not name a place in an article. Ask again for a fresh one.");
    else if (error.message === "missing") {
      const title = place.version ? "This article was removed" : "This article is not here";
      refuse(title, place.version ? "It was in the library when it was cited." : "It was removed from the library, or the link is wrong.");
    }
    else refuse("The article cannot be shown now", error.message);
  }
  part("title").focus({ preventScroll: true });
}

function close() {
  if (!shown && document.getElementById("viewer").hidden) return;
  const hash = shown && shown.hash;
  shown = null;
  setOpen(false);
  const view = document.body.classList.contains("library") ? "#library" : "";
  if (location.hash !== view) history.pushState(null, "", location.pathname + location.search + view);
  const links = [...document.querySelectorAll("a.cite, a.foot, a.near, #shelf a")];
  const same = hash && links.find((link) => link.getAttribute("href").endsWith(hash));
  const start = document.querySelector(view ? "#library-title" : "#question textarea");
  const back = (opener && opener.isConnected && opener) || same || start;
  if (back) back.focus({ preventScroll: true });
}

// Which of the two views is in front; an open article stands beside either.
function turnTo(isLibrary) {
  if (isLibrary === document.body.classList.contains("library")) return;
  document.body.classList.toggle("library", isLibrary);
  document.getElementById("library").hidden = !isLibrary;
  document.querySelector("gradio-app").inert = isLibrary;
  for (const link of document.querySelectorAll("#views a")) {
    link.toggleAttribute("aria-current", link.hash === "#library" === isLibrary);
    if (link.hasAttribute("aria-current")) link.setAttribute("aria-current", "page");
  }
  if (isLibrary) document.dispatchEvent(new Event("library"));
}

function follow() {
  if (location.hash.startsWith("#src=")) {
    open(parsed(location.hash));
    return;
  }
  turnTo(location.hash === "#library");
  close();
}

async function copy(text, done) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const box = document.body.appendChild(element("textarea", text));
    box.select();
    document.execCommand("copy");
    box.remove();
  }
  done();
}

// Cited words that are not kept are left out: what stands in their place now was never cited.
function citation(one, place) {
  const permalink = `${location.origin}/${place.hash}`;
  const origin = [one.title, one.source, dated(one.published_at), permalink].filter(Boolean).join(", ");
  return one.moved ? `${origin} (the article has changed since)` : `“${slice(one, place.start, place.end)}” — ${origin}`;
}

// What a mark cites; where the article cannot be had, the mark's own title still says which it was.
async function cited(mark) {
  const place = parsed(mark.getAttribute("href"));
  try {
    const [one] = await meant(place);
    return citation(one, place);
  } catch (error) {
    return `${mark.title} (${error.message === "missing" ? "removed since" : "the article cannot be shown now"})`;
  }
}

async function copyAnswer(link) {
  const answer = link.closest(".answer");
  const lines = [...answer.querySelectorAll(".lead, .said")].map((line) => line.textContent.replaceAll("\u00a0", " "));
  const marks = new Map([...answer.querySelectorAll("a.cite")].map((mark) => [mark.textContent, mark]));
  for (const [label, mark] of marks) lines.push(`${label} ${await cited(mark)}`);
  await copy(lines.join("\n"), () => flash(link));
}

function flash(control) {
  const label = control.textContent;
  if (label === "Copied") return; // else a second copy would take this for the label, and leave it there
  control.textContent = "Copied";
  setTimeout(() => (control.textContent = label), 1500);
}

document.addEventListener(
  "click",
  (event) => {
    const link = event.target.closest && event.target.closest('a[href^="#"]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (link.matches(".copy")) copyAnswer(link);
    else if (link.matches(".cite, .foot, .near")) {
      opener = link;
      if (location.hash === link.getAttribute("href")) follow();
      else location.hash = link.getAttribute("href");
    }
  },
  true,
);
document.addEventListener(
  "toggle",
  (event) => {
    const pane = event.target.open && event.target.closest("#chat .panel-wrap");
    if (!pane) return;
    const hidden = event.target.getBoundingClientRect().bottom + 40 - pane.getBoundingClientRect().bottom;
    if (hidden > 0) pane.scrollTop += Math.min(hidden, event.target.getBoundingClientRect().top - pane.getBoundingClientRect().top);
  },
  true,
);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !document.getElementById("viewer").hidden) close();
  if (event.key === " " && event.target.matches(".copy")) {
    event.preventDefault(); // a link that is a button: Enter clicks it by itself, Space would scroll
    if (!event.repeat) event.target.click();
  }
});
// Gradio labels a message with its source, the question with the words of its buttons, too, and these not at all;
// a message is titled by its kind, and the page has one of that kind only.
const LABELS = { textarea: "Your question", ".submit-button": "Ask", ".stop-button": "Stop" };

function relabel() {
  for (const message of document.querySelectorAll("#chat [data-testid][aria-label]")) message.removeAttribute("aria-label");
  for (const [selector, label] of Object.entries(LABELS)) {
    const control = document.querySelector(`#question ${selector}`);
    if (control && !control.hasAttribute("aria-label")) control.setAttribute("aria-label", label);
  }
  for (const title of document.querySelectorAll(".toast-title.warning")) title.firstChild.textContent = "Not asked ";
  const box = document.querySelector("#question textarea");
  if (box) box.dir = "auto";
  // An answer that arrives is put there anew with every piece: it is read out when it is whole, not from its beginning each time.
  const log = document.querySelector("#chat [role=log]");
  if (log) log.setAttribute("aria-busy", log.querySelector(".arriving .said") !== null);
}

// Gradio takes away what was pressed; who uses keys would have to begin at the top of the page again.
let held = null;

function keepPlace() {
  if (!held || held.checkVisibility({ visibilityProperty: true })) return;
  if ([document.body, held].includes(document.activeElement)) document.querySelector("#question textarea").focus();
  held = null;
}

// Loaded again, a tab has its own conversation, not what another tab stored in its place; a new tab has what was stored last.
const STORED = "footnote-conversation"; // by Gradio, in localStorage; its key in web/page.py
const ours = sessionStorage.getItem(STORED);
if (ours) localStorage.setItem(STORED, ours);
let own = null; // what this tab had stored
let other = null; // what another stored in its place
addEventListener("storage", ({ key, oldValue, newValue }) => {
  if (key !== STORED) return;
  if (oldValue !== other) own = oldValue;
  other = newValue;
});
addEventListener("pagehide", () => {
  const now = localStorage.getItem(STORED);
  sessionStorage.setItem(STORED, (now === other ? own : now) || "");
});

// What was just asked comes into sight: its whole answer, or as much as there is room for from the question on; until somebody
// moves the chat.
let questions = 0;
let isFollowing = true;

function showLatest() {
  const pane = document.querySelector("#chat .panel-wrap");
  const all = pane ? pane.querySelectorAll(".asked") : [];
  if (all.length !== questions || (pane && pane.querySelector(".waiting"))) isFollowing = true;
  questions = all.length;
  if (!questions || !isFollowing) return;
  const beginning = all[questions - 1].getBoundingClientRect().top - pane.getBoundingClientRect().top - ROOM_ABOVE;
  pane.scrollTo({ top: Math.min(pane.scrollHeight - pane.clientHeight, pane.scrollTop + beginning), behavior: "instant" });
}

const chatPage = document.querySelector("gradio-app");
chatPage.addEventListener("focusin", ({ target }) => (held = target.matches(":focus-visible") ? target : null));
for (const name of ["wheel", "touchmove", "pointerdown", "keydown"]) {
  const stop = ({ target }) => (isFollowing = isFollowing && !target.closest("#chat"));
  chatPage.addEventListener(name, stop, { passive: true });
}
new MutationObserver(() => {
  relabel();
  keepPlace();
  showLatest();
}).observe(chatPage, {
  subtree: true,
  childList: true,
  attributeFilter: ["aria-label"],
});
addEventListener("hashchange", follow);
narrow.addEventListener("change", () => setModal(!document.getElementById("viewer").hidden));
part("close").addEventListener("click", close);
part("changed").lastElementChild.addEventListener("click", () => open({ ...shown, start: 0, end: 0, version: undefined }));
if (location.hash) follow();
