// The moods as the page shows them, one row each: the word in each language, and the face's eyes and
// mouth. Their colours, which are the lamp's, the box tells.

const EYES = {
  usual: "M22 27v3M42 27v3", wide: "M22 25v6M42 25v6", shut: "M19 29c2 2 4 2 6 0M39 29c2 2 4 2 6 0",
  happy: "M18 30c2-4 6-4 8 0M38 30c2-4 6-4 8 0", cross: "M17 24l8 4M47 24l-8 4M22 30v1.500M42 30v1.500",
  worried: "M18 26l7-3M46 26l-7-3M22 30v2M42 30v2", none: "M20 32h.01M32 32h.01M44 32h.01",
};
export const NOBODY = { eyes: EYES.none, mouth: "" };

export const MOODS = {
  angry: { en: "angry", de: "wütend", eyes: EYES.cross, mouth: "M22 45c5-5 15-5 20 0" },
  disgust: { en: "disgusted", de: "angeekelt", eyes: EYES.cross, mouth: "M22 42c3 4 7-3 10 1s7-2 10-1" },
  fear: { en: "afraid", de: "ängstlich", eyes: EYES.worried, mouth: "M22 44l4-4 4 4 4-4 4 4 4-4" },
  happy: { en: "happy", de: "fröhlich", eyes: EYES.happy, mouth: "M20 38c5 9 19 9 24 0" },
  sad: { en: "sad", de: "traurig", eyes: EYES.worried, mouth: "M22 45c4-6 16-6 20 0" },
  surprise: { en: "surprised", de: "überrascht", eyes: EYES.wide, mouth: "M32 37a5 5.500 0 1 1 0 11 5 5.500 0 0 1 0-11Z" },
  neutral: { en: "neutral", de: "neutral", eyes: EYES.usual, mouth: "M23 42h18" },
  joyful: { en: "joyful", de: "froh", eyes: EYES.happy, mouth: "M20 38c5 9 19 9 24 0" },
  content: { en: "content", de: "zufrieden", eyes: EYES.usual, mouth: "M23 40c4 4 14 4 18 0" },
  calm: { en: "calm", de: "ruhig", eyes: EYES.shut, mouth: "M24 41c4 3 12 3 16 0" },
  tired: { en: "tired", de: "müde", eyes: EYES.shut, mouth: "M25 43h14" },
  tense: { en: "tense", de: "angespannt", eyes: EYES.cross, mouth: "M23 43h18" },
  excited: { en: "excited", de: "aufgeregt", eyes: EYES.wide, mouth: "M21 37c4 11 18 11 22 0Z" },
  unsure: { en: "not sure", de: "nicht sicher", eyes: EYES.usual, mouth: "M23 43c4-3 7 3 11 0s5-2 7-1" },
  away: { en: "nobody there", de: "niemand da", ...NOBODY },
};
