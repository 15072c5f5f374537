/** Wheel, drag, pinch and click over a map. A point is {x, y} in pixels from the corner of the element that has them. */
import {useRef} from "preact/hooks";

const SLACK = 4; // pixels that a pointer may move and still click
const WHEEL = 0.002, PINCH = 0.01; // of a pixel of the wheel; of a touchpad, pinching is a wheel with Ctrl
const LINE = 16; // pixels, where a wheel counts lines

/** canShrink: whether there is more to be seen; where there is not, the wheel is left to the page. -> event handlers */
export function useGestures({onZoom, onPan, onPoint, onPick, onWhole, canShrink}) {
  const down = useRef(new Map()), drags = useRef(false); // pointers that are down, by id; whether they have moved
  const up = (event) => { down.current.delete(event.pointerId); };
  return {
    onWheel: (event) => {
      if (event.deltaY === 0 || (event.deltaY > 0 && !canShrink)) return;
      event.preventDefault();
      onZoom(Math.exp(-event.deltaY * (event.deltaMode ? LINE : 1) * (event.ctrlKey ? PINCH : WHEEL)), pointOf(event));
    },
    onPointerDown: (event) => {
      if (event.button !== 0) return;
      if (!down.current.size) drags.current = false;
      down.current.set(event.pointerId, pointOf(event));
    },
    onPointerMove: (event) => {
      const now = pointOf(event), before = down.current.get(event.pointerId);
      if (!before) {
        if (event.pointerType === "mouse") onPoint(now);
        return;
      }
      if (!drags.current && distance(before, now) < SLACK) return;
      if (!drags.current) event.currentTarget.setPointerCapture(event.pointerId);
      drags.current = true;
      const other = [...down.current].find(([id]) => id !== event.pointerId)?.[1];
      if (other) { // what lies under each finger stays there
        const [from, to] = [before, now].map((one) => ({x: (one.x + other.x) / 2, y: (one.y + other.y) / 2}));
        onZoom(distance(now, other) / Math.max(1, distance(before, other)), from);
        onPan({x: to.x - from.x, y: to.y - from.y});
      } else onPan({x: now.x - before.x, y: now.y - before.y});
      down.current.set(event.pointerId, now);
    },
    onPointerUp: up,
    onPointerCancel: up,
    onPointerLeave: (event) => {
      if (!drags.current) up(event);
      onPoint(null);
    },
    onClick: (event) => { if (!drags.current) onPick(pointOf(event)); },
    onDblClick: onWhole,
  };
}

function pointOf({currentTarget, clientX, clientY}) {
  const {left, top} = currentTarget.getBoundingClientRect();
  return {x: clientX - left, y: clientY - top};
}

const distance = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);
