"use strict";
// Draws the page's charts from the numbers beside them. Words (values, months) are read from the charts' tables, so
// that what stands in a chart is what stands in its table. Names come from users: they become text, never markup.
(() => {
  const settings = JSON.parse(document.getElementById("settings").textContent);
  const { ink } = settings.inks;
  const PRINT_WIDTH = 680;
  const LEAST_WIDTH = 200;
  const BESIDE = 620; // from this width on, names stand left of their row rather than above it

  // ---- elements

  const html = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };
  // The name space of SVG is taken from a drawing of the page, or the parser's own: the page holds no address.
  const parsed = document.createElement("div");
  parsed.insertAdjacentHTML("beforeend", "<svg></svg>");
  const space = parsed.firstChild.namespaceURI;
  const svg = (parent, name, attributes = {}, text) => {
    const made = document.createElementNS(space, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    parent.append(made);
    return made;
  };
  const swatch = (strategy) => {
    const drawing = document.createElementNS(space, "svg");
    drawing.setAttribute("class", "swatch");
    drawing.setAttribute("viewBox", "-8 -8 16 16");
    drawing.setAttribute("aria-hidden", "true");
    svg(drawing, "path", { d: strategy.path, fill: strategy.colour });
    return drawing;
  };
  const named = (row) => (row.strategy === undefined ? { name: row.name, colour: ink, path: CIRCLE } : settings.strategies[row.strategy]);
  const CIRCLE = "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0Z";

  // ---- words and numbers

  const words = (table) =>
    [...document.getElementById(table).tBodies[0].rows].map((row) => ({
      heading: row.cells[0].querySelector(".name").textContent,
      cells: [...row.cells].slice(1).map((cell) => cell.textContent.trim()),
      means: [...row.cells].slice(1).map(withoutSpread),
    }));
  const withoutSpread = (cell) => [...cell.childNodes].filter((part) => part.className !== "spread").map((part) => part.textContent.trim()).join(" ").trim();

  const AFTER = { share: "%", hours: " h", days: " d", months: " months" };
  const SCALES = [[1e9, "B"], [1e6, "M"], [1e3, "k"]];

  // Labels of an axis: one scale for all, and no more decimals than tell them apart.
  const labels = (values, unit, signed) => {
    const largest = Math.max(...values.map(Math.abs));
    let scale = unit === "share" ? 0.01 : 1;
    let after = unit === "share" && signed ? " pp" : AFTER[unit] || "";
    if (unit === "money" && largest >= 1e4) [scale, after] = SCALES.find(([least]) => largest >= least);
    const step = Math.abs(values[1] - values[0]) / scale || 1;
    const whole = (decimals) => Math.abs(step * 10 ** decimals - Math.round(step * 10 ** decimals)) < 1e-6;
    const decimals = [0, 1, 2, 3, 4, 5].find(whole) ?? 6;
    const before = unit === "money" ? settings.symbol : "";
    return values.map((value) => {
      const digits = Math.abs(value / scale).toLocaleString("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
      if (value === 0) return before + "0" + after.replace(/[kMB]$/, "");
      return (value < 0 ? "-" : signed ? "+" : "") + before + digits + after;
    });
  };

  // Round places on an axis, at most so many.
  const ticks = (low, high, most) => {
    const size = 10 ** Math.floor(Math.log10((high - low) / most));
    const ends = (step) => [Math.ceil(low / step - 1e-9), Math.floor(high / step + 1e-9)];
    const isFew = ([first, last]) => last - first < most;
    const step = [1, 2, 2.5, 5, 10, 20].map((each) => each * size).find((each) => isFew(ends(each)));
    const [first, last] = ends(step);
    return Array.from({ length: last - first + 1 }, (_, at) => (first + at) * step);
  };

  // Ends of an axis: a little room, and zero in sight where it costs at most half of the axis.
  const limits = (values, withZero) => {
    const known = values.filter((value) => value !== null);
    if (!known.length) return null;
    let low = Math.min(...known), high = Math.max(...known);
    if (withZero || high - low >= Math.max(Math.abs(low), Math.abs(high)) / 2 || high === low)
      [low, high] = [Math.min(low, 0), Math.max(high, 0)];
    if (high === low) high = 1; // nothing but zeros
    const room = (high - low) * 0.04;
    return [low === 0 ? 0 : low - room, high === 0 ? 0 : high + room];
  };
  const scaled = ([low, high], from, to) => (value) => from + ((value - low) / (high - low)) * (to - from);

  const room = document.createElement("canvas").getContext("2d");
  room.font = "600 13px system-ui, sans-serif";
  const widest = (texts) => Math.max(0, ...texts.map((text) => room.measureText(text).width));
  const fitted = (text, width) => {
    let short = text;
    while (short.length > 1 && room.measureText(short).width > width) short = short.slice(0, -2).trimEnd() + "…";
    return short;
  };

  const drawing = (canvas, width, height) => {
    canvas.replaceChildren();
    return svg(canvas, "svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
  };
  const say = (canvas, text) => canvas.setAttribute("aria-label", text);

  // Ticks along the bottom, with their grid over spans of the height: it runs through no names.
  const bottom = (root, scale, [low, high], unit, signed, left, right, spans, base) => {
    const axis = ticks(low, high, Math.max(3, Math.min(7, Math.floor((right - left) / 90))));
    labels(axis, unit, signed).forEach((text, at) => {
      const x = scale(axis[at]);
      for (const [y1, y2] of spans) svg(root, "line", { x1: x, x2: x, y1, y2, class: axis[at] === 0 ? "zero" : "grid" });
      const anchor = x - left < 18 ? "start" : right - x < 18 ? "end" : "middle";
      svg(root, "text", { x, y: base + 16, "text-anchor": anchor, class: "quiet" }, text);
    });
  };

  const rowHeight = (rows, width) => (width >= BESIDE ? 34 : rows.length > 6 ? 40 : 46);
  const rowsHeight = (rows, width) => rows.length * rowHeight(rows, width) + 28;

  // ---- rows: a dot with its interval, or a bar, on a line of its own; returns the height
  // rows: {strategy} or {name}; points: [at, low, high, tick] or null; texts: at the right.
  const drawRows = (root, { rows, points, texts, unit, signed, bars }, left, top, width) => {
    const beside = width >= BESIDE;
    const swatchRoom = 20;
    const nameRoom = beside ? Math.min(width * 0.32, widest(rows.map((row) => named(row).name)) + swatchRoom + 14) : 0;
    const textRoom = beside ? Math.min(260, widest(texts) + 14) : 0;
    const from = left + nameRoom + (bars ? 0 : 8), to = left + width - textRoom - (bars ? 0 : 8);
    const height = rowHeight(rows, width);
    const base = top + rows.length * height + 2;
    const ends = limits(points.flatMap((point) => point || []), signed || bars);
    if (ends) {
      const scale = scaled(ends, from, to);
      const marks = rows.map((_, at) => top + (at + 1) * height - 12);
      bottom(root, scale, ends, unit, signed, from, to, beside ? [[top, base]] : marks.map((y) => [y - 10, y + 10]), base);
      points.forEach((point, at) => {
        const { colour, path } = named(rows[at]);
        const y = beside ? top + at * height + height / 2 : marks[at];
        if (!point) return;
        const [mean, low, high, tick] = point;
        if (bars) {
          svg(root, "rect", { x: scale(0), y: y - 8, width: Math.max(1, scale(mean) - scale(0)), height: 16, fill: colour });
          for (const [stroke, thick] of [["white", 3.4], [ink, 1.2]])
            if (low !== null) svg(root, "line", { x1: scale(low), x2: scale(high), y1: y, y2: y, stroke, "stroke-width": thick });
          return;
        }
        if (low !== null)
          svg(root, "line", { x1: scale(low), x2: scale(high), y1: y, y2: y, stroke: colour, "stroke-width": 6, "stroke-opacity": 0.42 });
        if (tick !== undefined && tick !== null)
          svg(root, "line", { x1: scale(tick), x2: scale(tick), y1: y - 8, y2: y + 8, stroke: colour, "stroke-width": 2 });
        svg(root, "path", { d: path, fill: colour, stroke: "white", "stroke-width": 1, transform: `translate(${scale(mean)} ${y})` });
      });
    }
    rows.forEach((row, at) => {
      const { name, colour, path } = named(row);
      const y = top + at * height + (beside ? height / 2 : 14);
      if (row.strategy !== undefined) svg(root, "path", { d: path, fill: colour, transform: `translate(${left + 7} ${y - 0.5})` });
      const start = left + (row.strategy === undefined ? 0 : swatchRoom);
      const space = beside ? nameRoom - swatchRoom - 8 : width - swatchRoom - widest([texts[at]]) - 8;
      svg(root, "title", {}, name);
      svg(root, "text", { x: start, y: y + 4, class: "over" }, fitted(name, space));
      svg(root, "text", { x: left + width, y: y + 4, "text-anchor": "end", class: "bold over" }, texts[at]);
    });
    return base + 24 - top;
  };

  // ---- kinds of chart. Each is given the figure's parts and what is chosen: view, side and hidden strategies.

  // {rows, views: [{label, group, about, unit, sides: [points], texts?}], sides: [label], tables: [a side's words, a row a view]}
  const dots = ({ canvas, data, width, view, side, viewAt }) => {
    const points = view.sides[side];
    const texts = view.texts || words(data.tables[side])[viewAt].cells;
    const root = drawing(canvas, width, rowsHeight(data.rows, width));
    drawRows(root, { rows: data.rows, points, texts, unit: view.unit, signed: side > 0 || data.signed }, 0, 4, width);
    const told = data.rows.map((row, at) => `${named(row).name} ${texts[at]}`).join("; ");
    say(canvas, `${[view.label, side ? data.sides[side] : ""].filter(Boolean).join(", ")}: ${told}.`);
  };

  // {rows, panels: [{label, about, points}], unit, table: a row a panel}
  const bars = ({ canvas, data, width }) => {
    const texts = words(data.table);
    const gap = 28;
    const needed = widest(data.rows.map((row) => named(row).name)) + widest(texts.flatMap((row) => row.means)) + 28;
    const columns = [data.panels.length, 2].find((count) => width >= count * needed + (count - 1) * gap) || 1;
    const each = (width - gap * (columns - 1)) / columns;
    const height = 24 + rowsHeight(data.rows, each) + 14;
    const lines = Math.ceil(data.panels.length / columns);
    const root = drawing(canvas, width, height * lines);
    data.panels.forEach((panel, at) => {
      const left = (at % columns) * (each + gap), top = Math.floor(at / columns) * height;
      svg(root, "text", { x: left, y: top + 14, class: "bold" }, panel.label);
      drawRows(root, { rows: data.rows, points: panel.points, texts: texts[at].means, unit: data.unit, bars: true }, left, top + 24, each);
    });
  };

  // {ends: [{label, colour, hatch}], views: [{label, unit, ends: [number], rows, values: [[a number an end]], table}]}
  const HATCHES = { "/": "M-2 8 8-2M4 14 14 4", "\\": "M-2 2 8 12M4-4 14 6", x: "M0 0 10 10M10 0 0 10", ".": "M2 2h2v2h-2ZM7 7h2v2h-2Z" };
  const stacks = ({ canvas, data, width, view, legend }) => {
    const texts = words(view.table);
    const ends = view.ends.map((end) => data.ends[end]);
    const beside = width >= BESIDE;
    const nameRoom = beside ? Math.min(260, widest(view.rows.map((row) => named(row).name)) + 34) : 0;
    const isShare = view.unit === "share";
    const totals = view.values.map((values) => values.reduce((sum, value) => sum + value, 0));
    const height = beside ? 34 : 46;
    const base = 4 + view.rows.length * height + 2;
    const root = drawing(canvas, width, base + 24);
    const definitions = svg(root, "defs");
    const fills = ends.map((end, at) => {
      if (!HATCHES[end.hatch]) return end.colour;
      const id = `${canvas.parentNode.id}-hatch-${at}`;
      const pattern = svg(definitions, "pattern", { id, width: 10, height: 10, patternUnits: "userSpaceOnUse" });
      svg(pattern, "rect", { width: 10, height: 10, fill: end.colour });
      svg(pattern, "path", { d: HATCHES[end.hatch], stroke: "white", "stroke-width": 1.4, fill: "none", "stroke-opacity": 0.8 });
      return `url(#${id})`;
    });
    legend(ends.map((end, at) => ({ name: end.label, colour: fills[at], path: "M-7-7h14v14h-14Z" })));
    const ends01 = [0, isShare ? 1 : Math.max(...totals) * 1.08 || 1];
    const scale = scaled(ends01, nameRoom, width - (isShare ? 1 : 40));
    bottom(root, scale, ends01, view.unit, false, nameRoom, width, [[4, base]], base);
    view.rows.forEach((row, at) => {
      const { name, colour, path } = named(row);
      const y = 4 + at * height + (beside ? height / 2 : 32);
      const nameAt = beside ? y : y - 20;
      if (row.strategy !== undefined) svg(root, "path", { d: path, fill: colour, transform: `translate(7 ${nameAt - 0.5})` });
      svg(root, "text", { x: row.strategy === undefined ? 0 : 20, y: nameAt + 4, class: "over" }, fitted(name, (beside ? nameRoom : width) - 26));
      let left = 0;
      view.values[at].forEach((value, end) => {
        const x = scale(left), wide = scale(left + value) - x;
        left += value;
        if (wide <= 0) return;
        const part = svg(root, "rect", { x, y: y - 10, width: Math.max(0.5, wide - 1), height: 20, fill: fills[end] });
        svg(part, "title", {}, `${name}: ${ends[end].label.toLowerCase()} ${texts[at].cells[end]}`);
        const text = texts[at].cells[end];
        if (!isShare || wide < widest([text]) + 10) return;
        if (HATCHES[ends[end].hatch])
          svg(root, "rect", { x: x + wide / 2 - widest([text]) / 2 - 3, y: y - 8, width: widest([text]) + 6, height: 16, fill: ends[end].colour });
        const label = svg(root, "text", { x: x + wide / 2, y: y + 4.5, "text-anchor": "middle", class: "bold" }, text);
        if (isDark(ends[end].colour)) label.style.fill = "white";
      });
      const total = view.unit === "money" ? labels([totals[at]], "money") : labels([Math.round(totals[at] * 10) / 10, 0.1], "count");
      if (!isShare) svg(root, "text", { x: scale(left) + 6, y: y + 4, class: "quiet" }, total[0]);
    });
    const told = view.rows.map((row, at) => `${named(row).name}: ${ends.map((end, i) => `${end.label.toLowerCase()} ${texts[at].cells[i]}`).join(", ")}`);
    say(canvas, `${view.label}. ${told.join("; ")}.`);
  };
  const isDark = (colour) => {
    const parts = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255);
    const [r, g, b] = parts.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b < 0.28;
  };

  // ---- figures

  const tools = { settings, html, svg, swatch, words, labels, ticks, limits, scaled, widest, fitted, drawing, say };
  const DRAW = { dots, bars, stacks, lines: lineCharts(tools) };

  const options = (views) => {
    const groups = new Map();
    views.forEach((view, at) => {
      const option = html("option", { value: at }, view.label);
      groups.set(view.group, [...(groups.get(view.group) || []), option]);
    });
    return [...groups].flatMap(([label, found]) => (label ? [html("optgroup", { label }, ...found)] : found));
  };

  const start = (figure) => {
    const data = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
    const canvas = figure.querySelector(".canvas"), controls = figure.querySelector(".controls");
    const details = figure.querySelector("details.numbers");
    const views = data.views || [{ label: "", sides: [] }];
    const chosen = { viewAt: 0, side: 0, hidden: new Set() };
    details.open = false;
    const select = html("select", {}, ...options(views));
    const check = html("input", { type: "checkbox" });
    const name = html("p", { class: "view" }), about = html("p", { class: "about-view" }), entries = html("div", { class: "legend" });
    if (views.length > 1) controls.append(html("label", {}, "Show", select));
    if (data.sides && data.sides.length > 1) controls.append(html("label", {}, check, data.sides[1]));
    if (views.length > 1) controls.append(name);
    if (views.some((view) => view.about)) controls.append(about);

    const legend = (found) => {
      if (!found.length || (found.length === 1 && found[0].strategy !== undefined)) return entries.remove();
      if (!entries.isConnected) controls.append(entries);
      const focused = [...entries.children].indexOf(document.activeElement);
      entries.replaceChildren(
        ...found.map((each) => {
          if (each.strategy === undefined) return html("span", {}, swatch(each), each.name);
          const button = html("button", { type: "button", "aria-pressed": !chosen.hidden.has(each.strategy) }, swatch(each), each.name);
          button.onclick = () => {
            chosen.hidden.has(each.strategy) ? chosen.hidden.delete(each.strategy) : chosen.hidden.add(each.strategy);
            draw();
          };
          return button;
        }),
      );
      if (focused >= 0 && entries.children[focused]) entries.children[focused].focus();
    };
    let drawn = 0;
    const draw = (width = Math.max(LEAST_WIDTH, canvas.parentNode.clientWidth)) => {
      const view = views[chosen.viewAt];
      const side = Math.min(chosen.side, Math.max(0, view.sides ? view.sides.length - 1 : 0));
      drawn = width;
      name.textContent = side ? `${view.label}: ${data.sides[side]}` : view.label;
      about.textContent = view.about || "";
      DRAW[figure.dataset.draw]({ ...chosen, canvas, data, width, view, side, legend });
    };
    select.onchange = () => { chosen.viewAt = Number(select.value); draw(); };
    check.onchange = () => { chosen.side = check.checked ? 1 : 0; draw(); };
    draw();
    let printing = false;
    new ResizeObserver(() => {
      const width = canvas.parentNode.clientWidth;
      if (!printing && width >= LEAST_WIDTH && Math.abs(width - drawn) > 1) draw();
    }).observe(figure);
    addEventListener("beforeprint", () => { printing = true; draw(PRINT_WIDTH); });
    addEventListener("afterprint", () => { printing = false; draw(); });
  };

  document.querySelectorAll("figure.chart").forEach(start);
})();
