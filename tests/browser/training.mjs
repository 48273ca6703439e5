// Training: a lesson with the guard's findings, a test taken in Spanish on a telephone from the first question to the
// certificate, and the progress of the team.
import fs from 'node:fs';

// The right answers in Spanish by question, as somebody knows them who read the lessons.
function known() {
  const folder = new URL('../../crates/flow/training/bank/', import.meta.url);
  const answers = {};
  for (const file of fs.readdirSync(folder)) {
    const text = fs.readFileSync(new URL(file, folder), 'utf8');
    for (const question of text.split('[[question]]').slice(1)) {
      const right = question.match(/^right = (.*)$/m)[1];
      answers[question.match(/^id = "(.*)"$/m)[1]] = [...right.matchAll(/es = "([^"]*)"/g)].map((found) => found[1]);
    }
  }
  return answers;
}

export async function training({ base, signIn, picture, accessible, check, beyond }) {
  const answers = known();
  const marta = await signIn('marta');
  await marta.goto(`${base}/training`);
  await picture(marta, 'training');
  await accessible(marta, 'the page of training');
  check('there are nine lessons', await marta.locator('.lessons-list > li').count() === 9);
  await marta.goto(`${base}/training/manipulation`);
  await picture(marta, 'lesson');
  await accessible(marta, 'a lesson');
  const lesson = await marta.locator('main').innerText();
  check('the guard is run on the examples of a lesson', /M3/.test(lesson) && /M1/.test(lesson) && /Nothing holds it/.test(lesson));
  check('a lesson shows what was held of one\'s own', /Browser test campaign/.test(lesson), lesson.slice(0, 200));
  await marta.locator('form.actions button').click();
  check('a lesson that was read leads to the next', marta.url().includes('/training/privacy'));

  // --- Ana's role needs a certificate, and nobody took the test for her
  const phone = { viewport: { width: 390, height: 844 }, locale: 'es-ES', extraHTTPHeaders: { 'Accept-Language': 'es' } };
  const ana = await signIn('ana', phone);
  check('who needs a certificate is told so on Today', /certificado falta/.test(await ana.locator('main').innerText()));
  for (const where of ['/training', '/training/oversight', '/training/test']) {
    await ana.goto(`${base}${where}`);
    check(`${where} fits a telephone`, await beyond(ana) === '', await beyond(ana));
    await picture(ana, `phone-es${where.replaceAll('/', '-')}`);
    await accessible(ana, `${where} on a telephone`);
  }
  await ana.locator('form[action="/training/test"] button').click();
  await ana.waitForLoadState();
  check('a test asks eighteen questions', await ana.locator('.exam fieldset').count() === 18);
  await accessible(ana, 'a test on a telephone');
  await picture(ana, 'phone-es-exam');
  check('no answer is ticked before, and none is given away', await ana.locator('.exam input:checked').count() === 0 && !/correcta<|is-right/.test(await ana.content()));
  const asked = await ana.locator('.exam fieldset legend').allInnerTexts();
  await ana.goto(`${base}/training`);
  await ana.goto(`${base}/training/test`);
  check('coming back asks the same questions', JSON.stringify(await ana.locator('.exam fieldset legend').allInnerTexts()) === JSON.stringify(asked));
  for (const group of await ana.locator('.exam fieldset').all()) {
    const name = await group.locator('input').first().getAttribute('name');
    for (const label of await group.locator('label').all()) {
      if (answers[name.slice(2)].includes((await label.innerText()).trim())) await label.locator('input').check();
    }
  }
  await ana.locator('.exam .actions button').click();
  await ana.waitForLoadState();
  check('who answers right passes', /Superado/.test(await ana.locator('h1').innerText()) && /18 de 18/.test(await ana.locator('main').innerText()), await ana.locator('h1').innerText());
  check('the result fits a telephone', await beyond(ana) === '', await beyond(ana));
  await picture(ana, 'phone-es-result');
  await accessible(ana, 'the result of a test');
  await ana.locator('header a.button.primary').click();
  await ana.waitForLoadState();
  check('the certificate names its owner', /Ana Ruiz/.test(await ana.locator('.certificate').innerText()) && !/demo/i.test(await ana.locator('.certificate').innerText()));
  await picture(ana, 'phone-es-certificate');
  await accessible(ana, 'a certificate');
  await ana.goto(`${base}/`);
  check('the reminder is gone', !/certificado falta/.test(await ana.locator('main').innerText()));

  // --- who leads sees everybody, who writes does not
  const oliver = await signIn('oliver');
  await oliver.goto(`${base}/training/team`);
  const team = await oliver.locator('main').innerText();
  check('the team shows who is certified, and which certificates are the demo\'s', /3 of 3/.test(team) && /Demo/.test(team) && /Ana Ruiz/.test(team), team.slice(0, 300));
  await picture(oliver, 'training-team');
  await accessible(oliver, 'the progress of the team');
  await oliver.goto(`${base}/training/test`);
  await picture(oliver, 'exam-before');
  await marta.goto(`${base}/training/team`);
  check('who writes does not see the progress of others', /403|not allowed|may not/i.test(await marta.locator('body').innerText()));
  const narrow = await signIn('oliver', { viewport: { width: 390, height: 844 } });
  await narrow.goto(`${base}/training/team`);
  check('the team fits a telephone', await beyond(narrow) === '', await beyond(narrow));
  await picture(narrow, 'phone-training-team');
}
