// The made-up speaker, made heard: small pieces for each mood, synthesised here from a song's name.

const STYLES = {
  happy: { beat: 118, scale: [0, 2, 4, 7, 9], root: 60, chords: [0, 7, 9, 5], wave: "triangle", busy: 0.75 },
  excited: { beat: 132, scale: [0, 2, 4, 7, 11], root: 62, chords: [0, 5, 9, 7], wave: "triangle", busy: 0.85 },
  joyful: { beat: 122, scale: [0, 2, 4, 7, 9], root: 60, chords: [0, 5, 7, 5], wave: "triangle", busy: 0.8 },
  surprise: { beat: 126, scale: [0, 2, 4, 6, 8], root: 61, chords: [0, 4, 8, 2], wave: "triangle", busy: 0.7 },
  neutral: { beat: 92, scale: [0, 2, 4, 7, 9], root: 57, chords: [0, 5, 0, 7], wave: "sine", busy: 0.5 },
  content: { beat: 84, scale: [0, 2, 4, 7, 9], root: 57, chords: [0, 9, 5, 7], wave: "sine", busy: 0.45 },
  calm: { beat: 62, scale: [0, 2, 4, 7, 9], root: 55, chords: [0, 5, 9, 5], wave: "sine", busy: 0.35 },
  tired: { beat: 56, scale: [0, 3, 5, 7, 10], root: 53, chords: [0, 5, 0, 8], wave: "sine", busy: 0.25 },
  sad: { beat: 66, scale: [0, 2, 3, 7, 8], root: 57, chords: [0, 8, 3, 7], wave: "sine", busy: 0.4 },
  fear: { beat: 72, scale: [0, 1, 3, 7, 8], root: 54, chords: [0, 1, 0, 8], wave: "sine", busy: 0.3 },
  tense: { beat: 104, scale: [0, 1, 3, 6, 7], root: 52, chords: [0, 1, 0, 6], wave: "sawtooth", busy: 0.55 },
  angry: { beat: 138, scale: [0, 3, 5, 6, 10], root: 45, chords: [0, 3, 5, 6], wave: "sawtooth", busy: 0.7 },
  disgust: { beat: 110, scale: [0, 1, 4, 6, 7], root: 48, chords: [0, 6, 1, 7], wave: "square", busy: 0.5 },
};
const AHEAD = 0.4, LOUDEST = 1.4;  // at full volume no piece comes nearer to clipping than a decibel

// mulberry32 of a name's letters: the same name is the same piece.
function chance(name) {
  let seed = [...name].reduce((sum, letter) => Math.imul(sum ^ letter.charCodeAt(0), 16777619), 2166136261);
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const pitch = (note) => 440 * 2 ** ((note - 69) / 12);

export class Player {
  constructor() {
    this.sound = new AudioContext();
    this.master = this.sound.createGain();
    this.master.gain.value = 0;
    const soft = new BiquadFilterNode(this.sound, { type: "lowpass", frequency: 2600 });
    this.master.connect(soft).connect(this.sound.destination);
    this.song = "";
    this.clock = setInterval(() => this.play(), 100);
  }

  // Play what the box says that its speaker plays, as loud as it says.
  follow(status) {
    const on = status.playback === "playing" && status.track;
    const loud = on ? LOUDEST * ((status.volume ?? 50) / 100) ** 1.2 : 0;
    this.master.gain.setTargetAtTime(loud, this.sound.currentTime, 0.25);
    const song = on ? status.track.uri : "";
    if (song === this.song) return;
    this.song = song;
    this.step = 0;
    this.next = this.sound.currentTime + 0.1;
    const mood = /demo([a-z]+)x\d/.exec(song)?.[1];
    this.style = STYLES[mood] ?? STYLES.neutral;
    this.random = chance(song);
    this.melody = Array.from({ length: 32 }, () => (this.random() < this.style.busy ? Math.floor(this.random() * 8) : null));
    this.lift = Math.floor(this.random() * 5) - 2;
  }

  play() {
    if (!this.song || this.sound.state !== "running") return;
    const eighth = 30 / this.style.beat;
    if (this.next < this.sound.currentTime - 1) this.next = this.sound.currentTime;
    while (this.next < this.sound.currentTime + AHEAD) {
      this.eighth(this.step, this.next, eighth);
      this.step += 1;
      this.next += eighth;
    }
  }

  eighth(step, at, long) {
    const { scale, chords, wave } = this.style;
    const root = this.style.root + this.lift + chords[Math.floor(step / 8) % chords.length];
    if (step % 8 === 0) {
      this.note(root - 12, at, long * 8, "sine", 0.34);
      for (const part of [0, scale[2], 7]) this.note(root + part, at, long * 8, "triangle", 0.11, 0.25);
    } else if (step % 4 === 0) {
      this.note(root - 12, at, long * 2, "sine", 0.22);
    }
    const tone = this.melody[step % 32];
    if (tone !== null) this.note(root - chords[Math.floor(step / 8) % chords.length] + 12 + scale[tone % 5] + 12 * Math.floor(tone / 5), at, long * 1.8, wave, wave === "triangle" || wave === "sine" ? 0.2 : 0.07);
  }

  note(note, at, long, wave, loud, rise = 0.012) {
    const tone = new OscillatorNode(this.sound, { type: wave, frequency: pitch(note) });
    const shape = new GainNode(this.sound, { gain: 0 });
    shape.gain.setValueAtTime(0, at);
    shape.gain.linearRampToValueAtTime(loud, at + rise);
    shape.gain.exponentialRampToValueAtTime(0.001, at + long + rise);
    tone.connect(shape).connect(this.master);
    tone.start(at);
    tone.stop(at + long + rise + 0.05);
  }

  end() {
    clearInterval(this.clock);
    this.sound.close();
  }
}
