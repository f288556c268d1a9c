// "Thôn tập thử": made-up households to learn on, opened and closed by herself (docs/sync.md, practice).

import { envelope, post } from "./api.js";
import { takeChanges } from "./changes.js";
import { wide } from "./dom.js";
import { changed, phone, remember } from "./phone.js";
import { toast } from "./toast.js";
import { isPractice } from "./villages.js";

const DONE = { open: "Đã mở thôn tập thử.", again: "Đã làm lại từ đầu.", close: "Đã đóng thôn tập thử." };

async function practise(what) {
  try {
    const { scope } = await post("practice", { ...envelope(), sync_epoch: phone.kv.epoch, do: what });
    await remember({ scope });
    await takeChanges();
    toast(DONE[what]);
  } catch (trouble) {
    toast(trouble.words || "Cần có mạng. Thử lại sau.", null, "bad");
  }
  changed("net");
}

export function practiceButtons() {
  const button = (words, what) => wide(words, () => practise(what), "quiet", { "data-key": `practice-${what}` });
  const isOpen = phone.villages.some((each) => isPractice(each.village));
  return isOpen ? [button("Thôn tập thử: làm lại từ đầu", "again"), button("Đóng thôn tập thử", "close")] : button("Mở thôn tập thử", "open");
}
