// Everything here makes working pages quicker; nothing works only because of it.
import { listenForChosen, watchChosen } from "./compare.js";
import { usePasskeys } from "./passkeys.js";
import { dressLists, saveInPlace } from "./lists.js";
import { lookAgain } from "./again.js";
import { closePopovers } from "./popovers.js";
import { listenForKeys } from "./keys.js";
import { suggestPlaces } from "./places.js";
import { openSheet } from "./sheet.js";
import { offerPrint } from "./print.js";
import { drawHandles } from "./sliders.js";
import { swapPages } from "./swap.js";
import { switchTheme } from "./theme.js";
import { showView } from "./view.js";

// What lies on the part of the page that a search replaces is done again with each replacement.
function dress() {
  drawHandles();
  watchChosen();
  dressLists();
  showView();
}

closePopovers();
listenForKeys();
listenForChosen();
saveInPlace();
suggestPlaces();
openSheet();
swapPages(dress);
switchTheme();
usePasskeys();
offerPrint();
lookAgain();
dress();
