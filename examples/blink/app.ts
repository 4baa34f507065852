import { every } from "thimble";
import { led } from "thimble/needs";

every(500, () => {
  led.toggle();
});
