"use strict";
// Draws lines over months, or over the values of a parameter; charts.js has the tools, and what is common to all charts.
const lineCharts = ({ settings, html, svg, swatch, words, labels, ticks, limits, scaled, widest, fitted, drawing, say }) => {
  const { ink, faint } = settings.inks;
  const SHADED = 3; // bands of more strategies would hide each other
  const NAMED = 3; // crossings; words at more would hide the lines
  const REACH = 3; // times the usual interval, which an axis shows at least

  // ---- what lines run along. Each has count points, x of a point, and draws itself below the lines.

  const alongMonths = ({ months, warmup }, left, right) => {
    const count = months.length;
    const x = (at) => (count === 1 ? (left + right) / 2 : left + 8 + (at / (count - 1)) * (right - left - 16));
    const draw = (root, top, base) => {
      if (warmup) {
        const end = (x(warmup - 1) + x(warmup)) / 2;
        svg(root, "rect", { x: left, y: top - 8, width: end - left, height: base - top + 8, class: "warmup" });
        svg(root, "text", { x: left + 4, y: top + 5, class: "quiet" }, "warm-up");
      }
      const gap = [1, 2, 3, 6, 12, 24, 60].find((each) => count / each <= Math.max(2, (right - left) / 52)) || 120;
      let year = "";
      for (let at = 0; at < count; at += gap) {
        const [month, its] = months[at].split(" ");
        svg(root, "line", { x1: x(at), x2: x(at), y1: base, y2: base + 4, stroke: faint });
        svg(root, "text", { x: x(at), y: base + 17, "text-anchor": "middle", class: "quiet" }, month);
        if (its !== year) svg(root, "text", { x: x(at), y: base + 31, "text-anchor": "middle", class: "quiet" }, its);
        year = its;
      }
    };
    return { count, x, draw, marks: 6 };
  };

  // Values of a parameter: numbers, or words in their order (which are places 0, 1, 2 ...). view.places: of its own points.
  const alongValues = ({ title, before, labels: texts, places, isOrdered }, view, left, right) => {
    const inset = isOrdered ? Math.max(8, widest([texts[0], texts[texts.length - 1]]) / 2 - 6) : (right - left) / texts.length / 2;
    const x = scaled([places[0], places[places.length - 1]], left + inset, right - inset);
    const draw = (root, top, base) => {
      const needed = widest(texts) + 8;
      const isRoom = places.every((place, at) => !at || x(place) - x(places[at - 1]) >= needed);
      let marks = places.map((place, at) => [place, texts[at]]);
      if (isOrdered && !isRoom) {
        let round = ticks(places[0], places[places.length - 1], Math.max(3, Math.min(9, Math.floor((right - left) / needed))));
        if (places.every(Number.isInteger)) round = round.filter(Number.isInteger);
        marks = labels(round, "count").map((text, at) => [round[at], before + text]);
      }
      for (const [place, text] of marks) {
        svg(root, "line", { x1: x(place), x2: x(place), y1: base, y2: base + 4, stroke: faint });
        const shown = isOrdered ? text : fitted(text, 2 * inset - 4);
        svg(root, "text", { x: x(place), y: base + 17, "text-anchor": "middle", class: "quiet" }, shown);
      }
      svg(root, "text", { x: left, y: base + 34, class: "quiet" }, fitted(title, right - left));
    };
    return { count: view.places.length, x: (at) => x(view.places[at]), scale: x, draw, marks: 12, slot: 2 * inset };
  };

  // The interval of a point that is hardly known would flatten the lines: it may go on beyond the chart.
  const withinReach = (lines) => {
    const means = lines.flatMap((line) => line.mean).filter((value) => value !== null);
    const halves = lines.flatMap((line) => line.high.map((high, at) => (high === null ? null : high - line.mean[at])));
    const known = halves.filter((half) => half !== null).sort((a, b) => a - b);
    if (!known.length) return means;
    const reach = Math.max(REACH * known[known.length >> 1], (Math.max(...means) - Math.min(...means)) / 2);
    const [least, most] = [Math.min(...means) - reach, Math.max(...means) + reach];
    return [...means, ...lines.flatMap((line) => [...line.low, ...line.high]).filter((value) => value !== null).map((value) => Math.max(least, Math.min(most, value)))];
  };

  // From the first to the last of each row of points that are known.
  const runs = (values) => {
    const found = [];
    values.forEach((value, at) => {
      if (value === null) return;
      if (at && values[at - 1] !== null) found[found.length - 1][1] = at;
      else found.push([at, at]);
    });
    return found;
  };
  const range = (from, to) => Array.from({ length: to - from + 1 }, (_, at) => from + at);

  // {months, warmup} or {values}, see above; sides; views: [{label, unit, places?, crossings?, sides: [{signed, table: a row a
  // point, lines: [{strategy, mean, low, high}]}]}]; crossings: [{of: [strategy], at, height, low, high, label, told}]
  const lines = ({ canvas, data, width, view, side, hidden, legend }) => {
    const { signed, lines: all, table } = view.sides[side];
    const known = all.filter((line) => line.mean.some((value) => value !== null));
    legend(known.map((line) => ({ ...settings.strategies[line.strategy], strategy: line.strategy })));
    const shown = known.filter((line) => !hidden.has(line.strategy));
    const isJoined = !data.values || data.values.isOrdered;
    const shaded = shown.length <= SHADED || !isJoined;
    const height = Math.round(Math.max(240, Math.min(380, width * 0.42)));
    const values = shaded && data.values ? withinReach(shown) : shown.flatMap((line) => [...line.mean, ...(shaded ? [...line.low, ...line.high] : [])]);
    const ends = limits(values, signed || view.unit === "share") || [0, 1];
    const places = ticks(...ends, 6);
    const texts = labels(places.length > 1 ? places : [0, 1], view.unit, signed);
    const left = widest(texts) + 10, top = 14, base = height - (data.values ? 42 : 36), right = width - 12;
    const along = data.values ? alongValues(data.values, view, left, right) : alongMonths(data, left, right);
    const { count, x } = along;
    const y = scaled(ends, base, top);
    const root = drawing(canvas, width, height);
    along.draw(root, top, base);
    places.forEach((place, at) => {
      svg(root, "line", { x1: left, x2: right, y1: y(place), y2: y(place), class: place === 0 ? "zero" : "grid" });
      svg(root, "text", { x: left - 6, y: y(place) + 4, "text-anchor": "end", class: "quiet" }, texts[at]);
    });
    const point = (at, value) => `${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
    const clip = `${canvas.parentNode.id}-clip`;
    svg(svg(svg(root, "defs"), "clipPath", { id: clip }), "rect", { x: left, y: top - 8, width: right - left, height: base - top + 8 });
    const inside = svg(root, "g", { "clip-path": `url(#${clip})` });
    // Beside each other where points are not joined; else on top of each other.
    const aside = (at) => (isJoined ? 0 : (at - (shown.length - 1) / 2) * Math.min(16, along.slot / (shown.length + 1)));
    shown.forEach((line, which) => {
      const { colour } = settings.strategies[line.strategy];
      for (const [from, to] of shaded ? runs(line.low) : []) {
        const points = range(from, to);
        if (!isJoined || from === to)
          for (const at of points)
            svg(inside, "line", { x1: x(at) + aside(which), x2: x(at) + aside(which), y1: y(line.low[at]), y2: y(line.high[at]), stroke: colour, "stroke-width": 6, "stroke-opacity": 0.3 });
        else {
          const outline = [...points.map((at) => point(at, line.high[at])), ...points.reverse().map((at) => point(at, line.low[at]))];
          svg(inside, "path", { d: `M${outline.join("L")}Z`, fill: colour, "fill-opacity": 0.16 });
        }
      }
    });
    shown.forEach((line, which) => {
      const { colour, path: marker } = settings.strategies[line.strategy];
      // A line has a gap where a point is undefined.
      const whole = runs(line.mean).map(([from, to]) => `M${range(from, to).map((at) => point(at, line.mean[at])).join("L")}`);
      if (isJoined) svg(root, "path", { d: whole.join(""), fill: "none", stroke: colour, "stroke-width": 2, "stroke-linejoin": "round" });
      const every = isJoined ? Math.max(1, Math.round(count / along.marks)) : 1;
      const alone = new Set(runs(line.mean).filter(([from, to]) => from === to).map(([from]) => from));
      line.mean.forEach((value, at) => {
        if (value !== null && ((count - 1 - at) % every === 0 || alone.has(at)))
          svg(root, "path", { d: marker, fill: colour, stroke: "white", transform: `translate(${x(at) + aside(which)} ${y(value)}) scale(.8)` });
      });
    });
    const crossings = (view.crossings || []).filter((each) => each.of.every((strategy) => shown.some((line) => line.strategy === strategy)));
    for (const { at, height: level, low, high, label, told } of crossings) {
      const [here, there] = [along.scale(at), y(level)];
      if (low !== null) svg(root, "line", { x1: along.scale(low), x2: along.scale(high), y1: there, y2: there, stroke: ink, "stroke-width": 2.5 });
      svg(svg(root, "circle", { cx: here, cy: there, r: 5, fill: "white", stroke: ink, "stroke-width": 1.5 }), "title", {}, told);
      if (crossings.length <= NAMED) svg(root, "text", { x: here, y: there + 20, "text-anchor": "middle", class: "bold over" }, label);
    }
    const told = words(table);
    const last = known.map((line) => `${settings.strategies[line.strategy].name} ${told[count - 1].cells[all.indexOf(line)]}`);
    const what = [view.label, side ? data.sides[side] : ""].filter(Boolean).join(", ");
    const [first, end] = [told[0].heading, told[count - 1].heading];
    const span = data.values ? `${data.values.title} from ${first} to ${end}. At ${end}` : `${first} to ${end}. In the last month`;
    say(canvas, `${what}, ${span}: ${last.join("; ")}.${crossings.map((each) => ` ${each.told}`).join("")}`);
    pointer({ canvas, root, width, count, x, left, top, base, rows: (at) => shown.map((line) => [settings.strategies[line.strategy], told[at].cells[all.indexOf(line)]]), title: (at) => told[at].heading });
  };

  // The values of one point, under the pointer or by the arrow keys.
  const pointer = ({ canvas, root, width, count, x, top, base, rows, title }) => {
    const rule = svg(root, "line", { y1: top - 8, y2: base, stroke: ink, "stroke-dasharray": "3 3", visibility: "hidden" });
    const tip = html("div", { class: "tip", hidden: "", "aria-live": "polite" });
    canvas.append(tip);
    let at = count - 1;
    const show = (point) => {
      at = Math.max(0, Math.min(count - 1, point));
      rule.setAttribute("x1", x(at));
      rule.setAttribute("x2", x(at));
      rule.setAttribute("visibility", "visible");
      tip.replaceChildren(html("p", {}, title(at)), ...rows(at).map(([strategy, text]) => html("p", {}, swatch(strategy), html("span", {}, strategy.name), html("span", { class: "value" }, text))));
      tip.hidden = false;
      const shown = (x(at) / width) * canvas.clientWidth;
      const onLeft = shown > canvas.clientWidth / 2;
      const place = onLeft ? shown - tip.offsetWidth - 12 : shown + 12;
      tip.style.left = `${Math.max(0, Math.min(canvas.clientWidth - tip.offsetWidth, place))}px`;
    };
    const hide = () => {
      tip.hidden = true;
      rule.setAttribute("visibility", "hidden");
    };
    const nearest = (event) => {
      const box = canvas.getBoundingClientRect();
      const here = ((event.clientX - box.left) / box.width) * width;
      let best = 0;
      for (let point = 1; point < count; point++) if (Math.abs(x(point) - here) < Math.abs(x(best) - here)) best = point;
      return best;
    };
    canvas.tabIndex = 0;
    canvas.onpointermove = canvas.onpointerdown = (event) => show(nearest(event));
    canvas.onpointerleave = canvas.onblur = hide;
    canvas.onkeydown = (event) => {
      const move = { ArrowLeft: -1, ArrowRight: 1, Home: -count, End: count }[event.key];
      if (event.key === "Escape") hide();
      if (move === undefined) return;
      event.preventDefault();
      show(tip.hidden ? at : at + move);
    };
  };

  return lines;
};
