import type { Host } from "../host.js";
import { colours, plain, wantsColour } from "../render/style.js";
import { readKeys, type Command } from "../view/keys.js";
import { Screen } from "../view/screen.js";
import { viewLines } from "../view/view.js";
import { drive, type Course } from "./drive.js";
import type { Picture } from "./picture.js";
import { buttons, type Rehearsal } from "./rehearsal.js";

/** How long a key holds a button, in virtual microseconds: longer than any sensible debounce. */
const pressUs = 200_000;

/** Shows a rehearsal in the terminal until the end of its course or q. The terminal is given back whatever happens. */
export async function runLive(
  host: Host,
  rehearsal: Rehearsal,
  course: Course,
  picture: Picture,
): Promise<void> {
  const { simulation } = rehearsal;
  const { pacer } = course;
  const screen = new Screen(host.out);
  const style = wantsColour(host.out.isTerminal, host.env) ? colours : plain;
  let quit = false;
  const draw = (): void =>
    screen.show(viewLines(picture.state(pacer, host.nowMs()), host.out, style));
  const obey = (command: Command): void => {
    if (command.kind === "quit") quit = true;
    if (command.kind === "press") press(rehearsal, picture, command.number);
    if (command.kind === "pause") pacer.togglePause();
    if (command.kind === "faster") pacer.faster();
    if (command.kind === "slower") pacer.slower();
    draw();
  };
  const redraw = (): void => {
    screen.forget();
    draw();
  };
  const close = [() => screen.close(), host.out.onResize(redraw)];
  try {
    screen.open();
    if (host.keyboard !== undefined)
      close.push(host.keyboard((input) => readKeys(input).forEach(obey)));
    await drive(host, simulation, { ...course, stop: () => quit || course.stop() }, draw);
  } finally {
    for (const action of close) action();
  }
}

function press({ rig, simulation }: Rehearsal, picture: Picture, number: number): void {
  const button = buttons(rig)[number - 1];
  if (button === undefined) return;
  simulation.press(button, pressUs);
  picture.notePress(button);
}
