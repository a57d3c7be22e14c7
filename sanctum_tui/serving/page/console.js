// The page: it keeps the connection, says plainly how that is, and hands frames to the painter.

import { Sheet } from "./paint.js";
import { listen } from "./keys.js";

const SILENT_MS = 25000;
const FIRST_WAIT_MS = 500, LONGEST_WAIT_MS = 8000;

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

function notice(words) {
  at("notice").textContent = words;
  at("sheet").classList.toggle("stale", words !== "");
}

function say(words) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(words));
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
    listen(sheet, at("typing"), at("buttons"), say);
  }
  sheet.show(frame);
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
