import { every } from "thimble";
import { level, sensor } from "thimble/needs";

/** A smaller change than half a percent is noise. */
const leastChangePermille = 5;

let lastPermille = -1000;

// The float is a potentiometer: empty at ground, full at the reference voltage.
every(1000, () => {
  const permille = i32((sensor.read() * 1000 + 32768) >> 16);
  if (abs(permille - lastPermille) < leastChangePermille) return;
  lastPermille = permille;
  level.publishNumber(permille, 1);
});
