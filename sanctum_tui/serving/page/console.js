// The page: it keeps the connection, says plainly how that is, and hands frames to the painter.

import { Sheet } from "./paint.js";
import { MOST_PASTED, listen } from "./keys.js";

const SILENT_MS = 25000, TOLD_MS = 6000;
const FIRST_WAIT_MS = 500, LONGEST_WAIT_MS = 8000;

// Why the console was not given what a hand did here.
const DROPPED = {
  behind: "This page was behind what the console shows: nothing was done. Look again, then press again.",
  long: `That was too long to paste: it is ${MOST_PASTED.toLocaleString("en")} characters at the most.`,
  busy: "The console is busy and has not taken that. Try again in a moment.",
};

const at = (id) => document.getElementById(id);
const asked = new URLSearchParams(location.search);
const fontSize = Math.min(Math.max(Number(asked.get("font")) || 16, 6), 64);
const sheet = new Sheet(at("sheet"), at("room"), fontSize);

// The cookie is enough from here on: the address can be seen, on a stream for instance.
if (asked.has("token")) {
  asked.delete("token");
  history.replaceState(null, "", String(asked) ? `/?${asked}` : "/");
}

let socket = null, ended = false, listening = false, wait = FIRST_WAIT_MS, told = "", silence = 0;
let painted = -1, forgetting = 0;

function notice(words) {
  at("notice").textContent = words;
  at("sheet").classList.toggle("stale", words !== "");
}

// It goes away by itself, and takes no room: the console keeps its size.
function tell(why) {
  at("dropped").textContent = DROPPED[why];
  clearTimeout(forgetting);
  forgetting = setTimeout(() => { at("dropped").textContent = ""; }, TOLD_MS);
}

// With whatever is said goes which picture was here then: the server knows by it what a key was meant for.
function say(words) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ ...words, painted }));
}

// What a hand does is for the picture that it sees: where the line has not taken the last of it, it is not kept.
function does(words) {
  if (socket?.bufferedAmount > 0) tell("behind"); else say({ ...words, touched: true });
}

function saySize(more = {}) {
  const size = sheet.wanted();
  // A dock that is folded away has no size to ask for.
  if (Math.min(...size) < 4) return;
  if (told !== String(size) || more.first) say({ size });
  told = String(size);
}

function heard(message) {
  clearTimeout(silence);
  silence = setTimeout(() => socket.close(), SILENT_MS);
  const frame = JSON.parse(message.data);
  if (frame.keys && !listening) {
    listening = true;
    listen(sheet, at("typing"), at("buttons"), does, tell);
  }
  sheet.show(frame);
  painted = frame.number;
  if (frame.keys) say({});
  if (frame.dropped) tell(frame.dropped);
  document.title = frame.title || "Sanctum";
  if (frame.copied) navigator.clipboard?.writeText(frame.copied).catch(() => {});
  wait = FIRST_WAIT_MS;
  if (frame.ended) {
    ended = true;
    document.body.classList.add("over");
  }
  notice(frame.ended || "");
}

async function lost() {
  clearTimeout(silence);
  if (ended) return;
  notice("The connection is lost. Trying again…");
  const answer = await fetch("/", { cache: "no-store" }).catch(() => null);
  if (answer?.status === 403) {
    notice("This address is no longer good. Open the one that “sanctum-tui serve” has printed last.");
    return;
  }
  setTimeout(connect, wait);
  wait = Math.min(wait * 2, LONGEST_WAIT_MS);
}

function connect() {
  painted = -1;
  socket = new WebSocket(`ws://${location.host}/screen`);
  socket.addEventListener("open", () => saySize({ first: true }));
  socket.addEventListener("message", heard);
  socket.addEventListener("close", lost);
}

// A keyboard that slides in, a bar that appears: one size is told, when it has settled.
let settling = 0;
new ResizeObserver(() => {
  sheet.fit();
  clearTimeout(settling);
  settling = setTimeout(saySize, 200);
}).observe(at("room"));
connect();
