/** Where the built-in device templates lie: `<vendor>/<device>.yaml`. */
export const templateFolder = new URL("../templates/", import.meta.url);
