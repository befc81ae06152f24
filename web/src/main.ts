// Starts the workbench.
import { mount } from 'svelte';
import App from './App.svelte';
import { direction, language } from './i18n/text';
import './style/fonts.css';
import './style/tokens.css';
import './style/base.css';
import './lib/theme.svelte';

document.documentElement.lang = language;
document.documentElement.dir = direction;
const target = document.getElementById('app');
if (target) mount(App, { target });
