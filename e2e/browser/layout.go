package browser

// Overflow returns by how many pixels the page is wider than the window, and what sticks out: 0 for a page that fits.
func (t *Tab) Overflow() (pixels int, culprits []string, err error) {
	pixels, err = Evaluate[int](t, `document.documentElement.scrollWidth - document.documentElement.clientWidth`)
	if err != nil || pixels <= 0 {
		return 0, nil, err
	}
	culprits, err = Evaluate[[]string](t, `Array.from(document.querySelectorAll('body *'))
		.filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
		.slice(0, 5).map(e => e.outerHTML.slice(0, 120))`)
	return pixels, culprits, err
}

// Cut returns the text that nobody can read in this window: what lies beyond the window's sides with nothing to scroll
// it, and what a box without an ellipsis cuts off.
func (t *Tab) Cut() ([]string, error) { return Evaluate[[]string](t, cut) }

// Texts for screen readers alone are one pixel wide or clipped on purpose.
const cut = `(() => {
	const describe = e => e.outerHTML.slice(0, 120);
	const cuts = [];
	const width = document.documentElement.clientWidth;
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (walker.nextNode()) {
		const node = walker.currentNode;
		const parent = node.parentElement;
		if (!node.data.trim() || !parent.checkVisibility({visibilityProperty: true, opacityProperty: true})) continue;
		if (parent.closest('svg, script, style, option, textarea')) continue;
		const range = document.createRange();
		range.selectNodeContents(node);
		const box = range.getBoundingClientRect();
		if (box.width === 0 || box.height === 0) continue;
		for (let e = parent; ; e = e.assignedSlot ?? e.parentElement ?? e.getRootNode().host) {
			if (!e || e === document.body) {
				if (box.right > width + 1 || box.left < -1) cuts.push('beyond the window: ' + describe(parent));
				break;
			}
			const style = getComputedStyle(e);
			if (style.position === 'absolute' || style.position === 'fixed') {
				const own = e.getBoundingClientRect();
				if (own.width <= 2 || own.height <= 2 || own.bottom <= 0) break; // a hidden label, the skip link
			}
			if (style.display === 'inline' || style.overflowX === 'visible') continue;
			if (style.overflowX === 'auto' || style.overflowX === 'scroll') break; // it can be scrolled
			const own = e.getBoundingClientRect();
			if (box.right > own.right + 1 && style.textOverflow !== 'ellipsis') cuts.push('cut off: ' + describe(e));
			break;
		}
	}
	return cuts.slice(0, 5);
})()`

// Shift returns the page's cumulative layout shift so far: 0 for a page on which nothing has moved.
func (t *Tab) Shift() (float64, error) {
	return Evaluate[float64](t, `(() => {
		const observer = new PerformanceObserver(() => {});
		observer.observe({type: 'layout-shift', buffered: true});
		const shifts = observer.takeRecords().filter(shift => !shift.hadRecentInput);
		observer.disconnect();
		return shifts.reduce((sum, shift) => sum + shift.value, 0);
	})()`)
}
