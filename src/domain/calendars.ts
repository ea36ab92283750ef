import type { Calendar, CalendarName } from './calendar.js'
import { createContinuousCalendar } from './continuous-calendar.js'
import { createXnysCalendar } from './xnys.js'
import type { XnysExceptions } from './xnys-exceptions.js'

/** Every calendar a book can have. Throws QuantErrors `configuration_invalid` for exceptions that contradict XNYS. */
export function createCalendars(exceptions: XnysExceptions = {}): Record<CalendarName, Calendar> {
  return { XNYS: createXnysCalendar(exceptions), '24x7': createContinuousCalendar() }
}
