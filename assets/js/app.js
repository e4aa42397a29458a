// Everything here makes working pages quicker; nothing works only because of it.
import { closePopovers } from "./popovers.js";
import { listenForKeys } from "./keys.js";
import { suggestPlaces } from "./places.js";
import { openSheet } from "./sheet.js";
import { swapPages } from "./swap.js";
import { switchTheme } from "./theme.js";

closePopovers();
listenForKeys();
suggestPlaces();
openSheet();
swapPages();
switchTheme();
