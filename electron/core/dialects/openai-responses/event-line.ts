import type { Frame } from "#core/wire/frame.ts";
import type { JsonObject } from "../json.ts";

/** Takes the frames of a stream. */
export type Send = (frame: Frame) => void;

/** The events of one stream, numbered from 0. */
export class EventLine {
  #sequence = 0;

  /** Writes an event. */
  event(type: string, members: JsonObject, emit: Send): void {
    this.json(type, JSON.stringify(members).slice(1), emit);
  }

  /**
   * Writes an event whose members are JSON already.
   *
   * @param members without the opening brace
   */
  json(type: string, members: string, emit: Send): void {
    emit({ event: type, data: `{"type":"${type}","sequence_number":${this.#sequence++},${members}` });
  }

  /**
   * Writes a piece of text. There are thousands of them in an answer, so only what differs is put into JSON.
   *
   * @param head made by {@link headOf}
   * @param tail further members, each with a comma before it
   */
  delta(type: string, head: string, text: string, emit: Send, tail = ""): void {
    emit({ event: type, data: `${head}${JSON.stringify(text)}${tail},"sequence_number":${this.#sequence++}}` });
  }
}

/** The JSON of a delta up to its text. */
export function headOf(type: string, place: JsonObject): string {
  return `{"type":"${type}",${JSON.stringify(place).slice(1, -1)},"delta":`;
}

/** How an item of an answer ended. */
export type ItemStatus = "completed" | "incomplete";
