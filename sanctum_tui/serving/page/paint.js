// Draws rows of text on a grid of cells. Every run keeps its column, whatever width a typeface gives its signs.

const BOLD = 1, DIM = 2, ITALIC = 4, UNDERLINED = 8, STRUCK = 16;
const SMALLEST = 5, LARGEST = 64;

export class Sheet {
  constructor(element, room, fontSize) {
    this.element = element;
    this.room = room;
    this.fontSize = fontSize;
    this.columns = this.rows = 0;
    this.ground = "#17130f";
    this.probe = document.createElement("span");
    this.probe.textContent = "M".repeat(100);
    this.probe.style.cssText = "visibility: hidden; width: auto; height: auto; letter-spacing: 0; line-height: normal";
  }

  // How large a cell is at a font size. Its width is a whole number of pixels, or neighbours would show seams.
  measured(fontSize) {
    this.element.append(this.probe);
    const widthAt = (size) => {
      this.probe.style.fontSize = `${size}px`;
      return this.probe.getBoundingClientRect().width / 100;
    };
    const width = Math.max(1, Math.round(widthAt(fontSize)));
    const size = fontSize * width / (widthAt(fontSize) || width);
    const spacing = width - widthAt(size);
    const height = Math.max(1, Math.floor(this.probe.getBoundingClientRect().height));
    this.probe.remove();
    return { width, height, size, spacing };
  }

  // The columns and rows that there is room for.
  wanted() {
    const { width, height } = this.measured(this.fontSize);
    return [Math.floor(this.room.clientWidth / width), Math.floor(this.room.clientHeight / height)];
  }

  show(frame) {
    if (frame.columns !== this.columns || frame.rows !== this.rows) {
      [this.columns, this.rows] = [frame.columns, frame.rows];
      const lines = Array.from({ length: frame.rows }, () => document.createElement("div"));
      this.element.replaceChildren(...lines);
      this.fit();
    }
    this.ground = frame.ground;
    document.documentElement.style.setProperty("--ground", frame.ground);
    for (const [row, runs] of Object.entries(frame.lines)) {
      const line = this.element.children[row];
      if (line) line.replaceChildren(...runs.map((run) => this.run(run)));
    }
  }

  // The whole screen is always in sight: another page's size is drawn larger or smaller, its own as asked for.
  fit() {
    if (!this.columns) return;
    const [width, height] = [this.room.clientWidth, this.room.clientHeight];
    const fits = (cell) => cell.width * this.columns <= width && cell.height * this.rows <= height;
    let [small, large] = [SMALLEST, LARGEST];
    let cell = this.measured(this.fontSize);
    const [columns, rows] = [Math.floor(width / cell.width), Math.floor(height / cell.height)];
    if (columns !== this.columns || rows !== this.rows) {
      while (large - small > 0.25) {
        const middle = (small + large) / 2;
        if (fits(this.measured(middle))) small = middle; else large = middle;
      }
      cell = this.measured(small);
    }
    this.cell = cell;
    const style = this.element.style;
    style.setProperty("--columns", this.columns);
    style.setProperty("--rows", this.rows);
    style.setProperty("--w", `${cell.width}px`);
    style.setProperty("--h", `${cell.height}px`);
    style.setProperty("--size", `${cell.size}px`);
    style.setProperty("--spacing", `${cell.spacing}px`);
  }

  run([column, cells, text, front, back, emphasis]) {
    const span = document.createElement("span");
    const ink = front || "#e8dfd3";
    span.textContent = text;
    span.style.transform = `translateX(calc(var(--w) * ${column}))`;
    span.style.width = `calc(var(--w) * ${cells})`;
    span.style.color = emphasis & DIM ? `color-mix(in srgb, ${ink} 65%, ${back || this.ground})` : ink;
    if (back) span.style.backgroundColor = back;
    if (emphasis & BOLD) span.style.fontWeight = "bold";
    if (emphasis & ITALIC) span.style.fontStyle = "italic";
    const lines = [emphasis & UNDERLINED && "underline", emphasis & STRUCK && "line-through"].filter(Boolean);
    if (lines.length) span.style.textDecoration = lines.join(" ");
    const block = blockOf(text.codePointAt(0));
    if (block) {
      span.style.backgroundImage = `linear-gradient(${block[0]}, ${ink} ${block[1]}%, transparent ${block[1]}%)`;
      span.style.color = "transparent";
    }
    return span;
  }

  // The cell under a point of the page, counted from 1 as terminals do.
  cellAt(x, y) {
    const edge = this.element.getBoundingClientRect();
    const within = (value, most) => Math.min(Math.max(Math.floor(value) + 1, 1), most);
    return [
      within((x - edge.left) / this.cell.width, this.columns),
      within((y - edge.top) / this.cell.height, this.rows),
    ];
  }
}

// Blocks are painted, not written: typefaces leave gaps between them.
function blockOf(sign) {
  if (sign === 0x2580) return ["to bottom", 50];
  if (sign >= 0x2581 && sign <= 0x2588) return ["to top", (sign - 0x2580) * 12.5];
  if (sign >= 0x2589 && sign <= 0x258f) return ["to right", (0x2590 - sign) * 12.5];
  if (sign === 0x2590) return ["to left", 50];
  if (sign === 0x2594) return ["to bottom", 12.5];
  if (sign === 0x2595) return ["to left", 12.5];
  return null;
}
