// Keys, mouse and pasted text, as a terminal would send them. Whether they count is decided by the server.

// What the console takes at once, in characters.
export const MOST_PASTED = 60000;

const NAMED = {
  Enter: "\r", Escape: "\x1b[27u", Backspace: "\x7f", Tab: "\t",
  Insert: "\x1b[2~", Delete: "\x1b[3~", PageUp: "\x1b[5~", PageDown: "\x1b[6~",
  F1: "\x1bOP", F2: "\x1bOQ", F3: "\x1bOR", F4: "\x1bOS", F6: "\x1b[17~", F7: "\x1b[18~", F8: "\x1b[19~",
  F9: "\x1b[20~", F10: "\x1b[21~",
};
const MOVES = { ArrowUp: "A", ArrowDown: "B", ArrowRight: "C", ArrowLeft: "D", Home: "H", End: "F" };
const TOUCHES = [
  ["a", "approve"], ["e", "edit"], ["s", "skip"], ["r", "anew"], ["h", "hold"],
  ["u", "undo"], ["m", "mute"], ["Esc", "", "Escape"], ["Enter", "", "Enter"], ["Type", ""],
];

// What a key sends; null for a key that is the browser's own.
export function encoded(event) {
  const { key, ctrlKey, altKey, shiftKey, metaKey } = event;
  if (metaKey) return null;
  const held = 1 + (shiftKey ? 1 : 0) + (altKey ? 2 : 0) + (ctrlKey ? 4 : 0);
  if (MOVES[key]) return held === 1 ? `\x1b[${MOVES[key]}` : `\x1b[1;${held}${MOVES[key]}`;
  if (key === "Tab" && shiftKey) return "\x1b[Z";
  if (NAMED[key]) return NAMED[key];
  if ([...key].length !== 1) return null;
  // AltGr writes signs, and is told as Ctrl and Alt on some systems.
  if (ctrlKey && !altKey) {
    const letter = key.toLowerCase();
    return letter >= "a" && letter <= "z" && !shiftKey ? String.fromCharCode(letter.charCodeAt(0) - 96) : null;
  }
  return altKey && !ctrlKey ? `\x1b${key}` : key;
}

function tooLong(text) {
  return text.length > MOST_PASTED && (text.length > 2 * MOST_PASTED || [...text].length > MOST_PASTED);
}

// `does` sends what a hand did; `tell` says why it was not sent.
export function listen(sheet, typing, buttons, does, tell) {
  const touched = (what) => (tooLong(what.paste ?? what.keys) ? tell("long") : does(what));
  sheet.element.classList.add("held");
  typing.hidden = false;
  typing.focus({ preventScroll: true });

  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.ctrlKey && event.key === "v") return;
    const keys = encoded(event);
    if (keys === null) return;
    event.preventDefault();
    touched({ keys });
  });
  typing.addEventListener("input", (event) => {
    if (event.isComposing || !typing.value) return;
    touched({ keys: typing.value.replace(/\n/g, "\r") });
    typing.value = "";
  });
  typing.addEventListener("compositionend", () => {
    if (typing.value) touched({ keys: typing.value });
    typing.value = "";
  });
  document.addEventListener("paste", (event) => {
    event.preventDefault();
    const paste = event.clipboardData.getData("text/plain");
    if (paste) touched({ paste });
  });
  pointed(sheet, touched, typing);
  show(buttons, touched, typing);
}

function pointed(sheet, touched, typing) {
  const mouse = (button, event, end = "M") => {
    const [x, y] = sheet.cellAt(event.clientX, event.clientY);
    return `\x1b[<${button};${x};${y}${end}`;
  };
  const element = sheet.element;
  let dragged = null;
  element.addEventListener("pointerdown", (event) => {
    // A finger does not call the tablet's keyboard up, nor send it away: there is a button for that.
    event.preventDefault();
    if (event.pointerType !== "touch") typing.focus({ preventScroll: true });
    if (event.pointerType === "touch") dragged = { y: event.clientY, far: false };
    else touched({ keys: mouse(event.button, event) });
  });
  element.addEventListener("pointermove", (event) => {
    // A finger that moves scrolls, a row at a time.
    if (!dragged) return;
    const rows = Math.trunc((event.clientY - dragged.y) / sheet.cell.height);
    if (!rows) return;
    dragged = { y: dragged.y + rows * sheet.cell.height, far: true };
    touched({ keys: mouse(rows > 0 ? 64 : 65, event).repeat(Math.min(Math.abs(rows), 20)) });
  });
  element.addEventListener("pointerup", (event) => {
    if (event.pointerType !== "touch") touched({ keys: mouse(event.button, event, "m") });
    else if (dragged && !dragged.far) touched({ keys: mouse(0, event) + mouse(0, event, "m") });
    dragged = null;
  });
  element.addEventListener("pointercancel", () => { dragged = null; });
  element.addEventListener("contextmenu", (event) => event.preventDefault());
  element.addEventListener("wheel", (event) => {
    event.preventDefault();
    if (event.deltaY) touched({ keys: mouse(event.deltaY < 0 ? 64 : 65, event) });
  }, { passive: false });
}

function show(buttons, touched, typing) {
  for (const [label, does, key] of TOUCHES) {
    const button = document.createElement("button");
    const letter = document.createElement("b");
    letter.textContent = label;
    button.append(letter, does);
    button.addEventListener("pointerdown", (event) => event.preventDefault());
    button.addEventListener("click", () => {
      if (label === "Type") typing.focus({ preventScroll: true });
      else touched({ keys: key ? NAMED[key] : label });
    });
    buttons.append(button);
  }
  buttons.hidden = false;
}
