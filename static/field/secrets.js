// What a free text seems to hold that must never be written down, as residents/rules.py finds it.

const DIGITS = /\d(?:[ .-]?\d)+/g;
const OTP = /(?:^|[^\p{L}\p{N}])(?:otp|pin)(?![\p{L}\p{N}])|mã\s+(?:xác\s*(?:nhận|thực|minh)|bảo\s*mật)/iu;
const PASSWORD = /mật\s*khẩu|(?:^|[^\p{L}\p{N}])(?:pass(?:word|wd|code)?(?![\p{L}\p{N}])|m(?:k|ật mã)\s*[:=])/iu;

/** Numbers of 9 or 12 digits look like identity cards or personal codes; a telephone has 10. @returns {string[]} */
export function secretsIn(text) {
  const plain = text.normalize("NFC");
  const lengths = (plain.match(DIGITS) || []).map((each) => each.replace(/\D/g, "").length);
  return [
    lengths.some((each) => each === 9 || each === 12) && "số giấy tờ tùy thân (dãy 9 hoặc 12 chữ số)",
    OTP.test(plain) && "mã OTP, mã xác nhận",
    PASSWORD.test(plain) && "mật khẩu",
  ].filter(Boolean);
}
