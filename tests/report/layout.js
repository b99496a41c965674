// What of a page's words is cut off or lies upon other words; to be called in the page with everything open.
() => {
  const found = [];
  const width = document.documentElement.clientWidth;
  const pieces = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!node.data.trim() || node.parentElement.closest("script, title, option")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const rect of range.getClientRects()) {
      if (rect.width < 1 || rect.height < 1) continue;
      const top = rect.top + window.scrollY;
      pieces.push({ node, text: node.data.trim(), left: rect.left, right: rect.right, top, bottom: top + rect.height });
    }
  }
  for (const piece of pieces) {
    const picture = piece.node.parentElement.closest("svg");
    const frame = picture ? picture.getBoundingClientRect() : { left: 0, right: width, top: -1e9, bottom: 1e9 };
    const top = picture ? frame.top + window.scrollY : frame.top;
    const bottom = picture ? frame.bottom + window.scrollY : frame.bottom;
    if (piece.left < frame.left - 1 || piece.right > frame.right + 1 || piece.top < top - 2 || piece.bottom > bottom + 2) {
      found.push(`cut off: ${piece.text}`);
    }
  }
  pieces.sort((a, b) => a.top - b.top);
  pieces.forEach((a, index) => {
    for (let next = index + 1; next < pieces.length && pieces[next].top < a.bottom; next += 1) {
      const b = pieces[next];
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      // Lines of one text, and letters' boxes above and below their ink, may touch.
      if (a.node !== b.node && across > 2 && down > 0.35 * Math.min(a.bottom - a.top, b.bottom - b.top)) {
        found.push(`one upon the other: ${a.text} | ${b.text}`);
      }
    }
  });
  for (const element of document.querySelectorAll("body, p, h1, h2, h3, h4, li, td, th, dd, button, label, figcaption")) {
    if (element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0 && getComputedStyle(element).display !== "inline") {
      found.push(`wider than its place: ${element.textContent.trim().slice(0, 60)}`);
    }
  }
  return found;
}
