// The library view: the list of articles, adding and removing. What comes from articles and files reaches the page as text.
// Uses what page.js defines.
"use strict";

const library = document.getElementById("library");
const may = new Set(library.dataset.may.split(" "));
const byId = (id) => document.getElementById(id);
const PAGE = 50;
const MOST_BYTES = 20 * 1024 * 1024;
const HEARD_SECONDS = 10;
const SAID = { added: "Added", updated: "Updated", unchanged: "Unchanged", refused: "Refused" };
let offset = 0;
let asked = 0;

async function call(path, options) {
  const { ok, body } = await serverSays(path, options);
  if (!ok) throw new Error(said(body));
  return body;
}

const said = (body) => `${body.error.message} ${body.error.hint}`;

// ---- The list ----

function wanted() {
  const query = new URLSearchParams({ sort: byId("find-sort").value, limit: PAGE, offset });
  const fields = { q: "find-words", source: "find-source", since: "find-since", until: "find-until" };
  for (const [name, id] of Object.entries(fields)) if (byId(id).value.trim()) query.set(name, byId(id).value.trim());
  return query;
}

async function list() {
  const mine = ++asked;
  try {
    const page = await call(`/v1/articles?${wanted()}`);
    if (mine !== asked) return;
    if (!page.articles.length && page.total) {
      offset = Math.floor((page.total - 1) / PAGE) * PAGE;
      await list();
      return;
    }
    fillOutlets(page.sources);
    byId("shelf").replaceChildren(...page.articles.map(row));
    byId("found").textContent = counted(page);
    byId("pages").hidden = page.total <= PAGE;
    byId("page-before").disabled = offset === 0;
    byId("page-after").disabled = offset + PAGE >= page.total;
  } catch (error) {
    if (mine === asked) byId("found").textContent = error.message;
  }
}

function counted({ articles, total, library: all }) {
  const number = (count) => count.toLocaleString("en");
  if (!all.articles) return may.has("change") ? "The library is empty. Add the first article above." : "The library is empty.";
  if (!total) return "No article fits.";
  const of = total === 1 ? "1 article" : `${number(total)} articles`;
  return total <= PAGE ? of : `${number(offset + 1)} to ${number(offset + articles.length)} of ${of}`;
}

function fillOutlets(sources) {
  const select = byId("find-source");
  const chosen = select.value;
  const options = sources.filter((one) => one.name).map((one) => {
    const option = element("option", `${one.name} (${one.articles})`);
    option.value = one.name;
    return option;
  });
  select.replaceChildren(select.options[0], ...options);
  select.value = chosen;
  if (select.selectedIndex < 0) select.selectedIndex = 0;
}

function row(one) {
  const made = element("li");
  const words = made.appendChild(element("div"));
  const title = words.appendChild(element("a", one.title, "title"));
  title.href = `/#src=${encodeURIComponent(one.id)}:0-0`;
  title.dir = "auto";
  title.addEventListener("click", () => (opener = title));
  words.append(element("p", [one.source || "Outlet unknown", dated(one.published_at)].join(" · "), "about"));
  if (may.has("change")) {
    const button = made.appendChild(element("button", "Remove", "remove"));
    button.type = "button";
    button.setAttribute("aria-label", `Remove ${one.title}`);
    button.addEventListener("click", () => askToRemove(one, button));
  }
  return made;
}

// ---- Removing ----

function askToRemove(one, button) {
  const dialog = byId("removing");
  byId("removing-what").textContent = one.title;
  dialog.returnValue = "";
  dialog.onclose = () => (dialog.returnValue === "remove" ? remove(one) : button.focus());
  dialog.showModal();
}

async function remove(one) {
  let words = `Removed: ${one.title}`;
  try {
    await call(`/v1/articles/${encodeURIComponent(one.id)}`, { method: "DELETE" });
    if (shown && shown.id === one.id) close();
  } catch (error) {
    words = error.message;
  }
  await changed();
  byId("found").textContent = `${words} — ${byId("found").textContent}`;
  byId("library-title").focus({ preventScroll: true });
}

async function changed() {
  await list();
  const answer = await fetch("/").catch(() => null); // where there is none, the list has said so
  if (!answer) return;
  const line = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".holdings");
  if (line) document.querySelector(".holdings").textContent = line.textContent;
}

// ---- Adding: one thing after the other, each with its progress and result ----

const waiting = [];
let isSending = false;

function send(name, body, size = 0, then = () => {}) {
  const line = byId("sent").tBodies[0].insertRow();
  const label = line.insertCell();
  label.append(name);
  label.dir = "auto";
  const result = line.insertCell();
  byId("sent").hidden = false;
  if (size > MOST_BYTES) show(result, "refused", "Refused: it is larger than 20 MB");
  else {
    show(result, "waiting", "Waiting");
    waiting.push({ body, result, then });
    if (!isSending) sendAll();
  }
}

async function sendAll() {
  isSending = true;
  while (waiting.length) {
    const { body, result, then } = waiting.shift();
    try {
      tell(result, await ended(await post(body, result), result));
    } catch (error) {
      show(result, "refused", error.message);
    }
    then(result);
    if (!waiting.length) await changed();
  }
  isSending = false;
}

function post(body, result) {
  const bar = element("progress");
  bar.max = 1;
  bar.setAttribute("aria-label", "Sent");
  show(result, "running", "Sending");
  result.append(bar);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.upload.onprogress = (event) => {
      bar.value = event.loaded / event.total;
      if (event.loaded === event.total) show(result, "running", "Reading and adding…");
    };
    request.onerror = () => reject(new Error("The server does not answer. Send it again when it does."));
    request.onload = () => {
      try {
        resolve(JSON.parse(request.responseText));
      } catch {
        reject(new Error(`The server answered with status ${request.status}.`));
      }
    };
    request.open("POST", "/v1/articles");
    if (!(body instanceof FormData)) request.setRequestHeader("Content-Type", "application/json");
    request.send(body);
  });
}

// A job that is not done yet is asked about until it is.
async function ended(answer, result) {
  let job = answer;
  while (job.state === "waiting" || job.state === "running") {
    show(result, "running", `Adding: ${summary(job) || "reading"}…`);
    await new Promise((resolve) => setTimeout(resolve, 700));
    job = await call(`/v1/jobs/${job.id}`);
  }
  return job;
}

const summary = (job) =>
  Object.keys(SAID).filter((name) => job[name]).map((name) => `${job[name].toLocaleString("en")} ${name}`).join(", ");

function tell(result, answer) {
  const job = answer.job || answer;
  if (!job.results || (answer.error && !job.results.length)) show(result, "refused", said(answer));
  else if (job.results.length === 1) {
    const [one] = job.results;
    show(result, one.outcome, one.reason ? `${SAID[one.outcome]}: ${one.reason}` : SAID[one.outcome]);
  } else {
    const refused = job.results.filter((one) => one.reason).slice(0, 3);
    show(result, job.refused ? "refused" : "added", [summary(job), ...refused.map((one) => one.reason)].join("; "));
  }
}

function show(result, style, words) {
  result.className = style;
  result.replaceChildren(words);
  if (style !== "waiting" && style !== "running") announce(`${result.previousSibling.textContent}: ${words}`);
}

// For those who do not see the table: what became of each thing, not how far it is. A line that was heard goes again.
function announce(words) {
  const line = byId("sent-said").appendChild(element("p", words));
  setTimeout(() => line.remove(), HEARD_SECONDS * 1000);
}

// Each file is sent alone, to be told of alone; what describes a folder goes with every file of it.
function sendFiles(found) {
  const folder = (name) => name.slice(0, name.lastIndexOf("/") + 1);
  const describing = new Map(found.filter(([, name]) => name === `${folder(name)}metadata.jsonl`).map(([file, name]) => [name, file]));
  const others = found.filter(([, name]) => !describing.has(name));
  for (const [file, name] of others.length ? others : found) {
    const form = new FormData();
    form.append("files", file, name);
    const beside = `${folder(name)}metadata.jsonl`;
    if (others.length && describing.has(beside)) form.append("files", describing.get(beside), beside);
    send(name, form, file.size);
  }
}

async function everyFile(entry, found) {
  if (entry.name.startsWith(".")) return;
  if (entry.isFile) found.push([await new Promise((...done) => entry.file(...done)), entry.fullPath.replace(/^\//, "")]);
  if (!entry.isDirectory) return;
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((...done) => reader.readEntries(...done));
    if (!some.length) return;
    for (const one of some) await everyFile(one, found);
  }
}

async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry && item.webkitGetAsEntry()).filter(Boolean);
  const found = entries.length ? [] : [...transfer.files].map((file) => [file, file.name]);
  for (const entry of entries) await everyFile(entry, found);
  sendFiles(found);
}

// What was typed stays until it is in the library; what was typed meanwhile stays, too.
function sendPasted(event) {
  event.preventDefault();
  const form = event.target;
  const told = byId("pasted-refused");
  const typed = () => JSON.stringify(Object.fromEntries([...new FormData(form)].filter(([name, value]) => name === "text" || value)));
  const body = typed();
  told.textContent = "";
  send(form.elements.title.value.trim() || "Pasted text", body, 0, (result) => {
    if (result.className === "refused") told.textContent = result.textContent;
    else if (typed() === body) form.reset();
  });
}

function prepareAdding() {
  if (!may.has("change")) {
    byId("adding").remove();
    return;
  }
  if (!may.has("fetch")) byId("address").remove();
  byId("pick").addEventListener("click", () => byId("picked").click());
  byId("picked").addEventListener("change", (event) => {
    sendFiles([...event.target.files].map((file) => [file, file.name]));
    event.target.value = "";
  });
  const drop = byId("drop");
  for (const [name, isOver] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
    library.addEventListener(name, (event) => {
      if (event.target.matches("input, textarea") && !event.dataTransfer.types.includes("Files")) return; // words go into the field
      event.preventDefault();
      drop.classList.toggle("over", isOver);
      if (name === "drop") dropped(event.dataTransfer);
    });
  }
  byId("pasted").addEventListener("submit", sendPasted);
  const form = document.getElementById("address");
  if (form) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const url = byId("url").value.trim();
      send(url, JSON.stringify({ url }));
      form.reset();
    });
  }
}

// ---- The view ----

function fromTheStart() {
  offset = 0;
  list();
}

function turn(by) {
  offset = Math.max(0, offset + by);
  list().then(() => byId("library-title").scrollIntoView({ block: "start" }));
}

let typing = 0;
byId("find-words").addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(fromTheStart, 200);
});
for (const id of ["find-source", "find-since", "find-until", "find-sort"]) byId(id).addEventListener("change", fromTheStart);
byId("finding").addEventListener("submit", (event) => {
  event.preventDefault();
  fromTheStart();
});
byId("page-before").addEventListener("click", () => turn(-PAGE));
byId("page-after").addEventListener("click", () => turn(PAGE));
prepareAdding();
document.addEventListener("library", list);
if (document.body.classList.contains("library")) list();
