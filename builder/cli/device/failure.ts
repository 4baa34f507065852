import { SerialError, type SerialErrorCode } from "../../../runtime/link/serial.js";
import { exitCodes, Failure } from "../failure.js";

/** The rule that lets who sits at the machine use the serial port of a device. */
export const udevRule =
  'SUBSYSTEM=="tty", ATTRS{idVendor}=="1209", ATTRS{idProduct}=="0001", TAG+="uaccess"';
/** Where that rule belongs. */
export const udevFile = "/etc/udev/rules.d/70-thimble.rules";

/** How a user of Linux gets at serial ports. */
export const rightsHint =
  `Run "echo '${udevRule}' | sudo tee ${udevFile} && sudo udevadm control --reload" and plug the board in again; ` +
  'or run "sudo usermod -aG dialout $USER" and log in again.';

const hints: Readonly<Record<SerialErrorCode, string>> = {
  "no-package":
    'Repeat "npm install"; on a system without a build of serialport, "npm rebuild @serialport/bindings-cpp" makes one.',
  "no-list": "Name the port, such as /dev/ttyACM0; on Linux, the package udev lists ports.",
  "no-port": '"thimble devices" tells which ports there are.',
  "not-allowed": rightsHint,
  "in-use": "Close the program that uses it, such as a serial monitor or another thimble.",
  "not-opened": '"thimble doctor" looks for the reason.',
  lost: "Plug it in and repeat the command.",
};

/** What helps. */
export function serialHint({ code }: SerialError): string {
  return hints[code];
}

/** Throws the Failure behind an error of a serial port; other errors as they are. */
export function failSerial(error: unknown): never {
  if (!(error instanceof SerialError)) throw error;
  throw new Failure(exitCodes.environment, [
    { severity: "error", code: error.code, message: error.message, hint: serialHint(error) },
  ]);
}
